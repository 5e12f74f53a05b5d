extension StackSettings {
    /// Everything that shapes and ranges cannot say, in the order of the file.
    package func problems(protection: Protection) -> [StackProblem] {
        identityProblems() + placeProblems() + networkProblems() + sizeProblems() + serviceProblems()
            + (protection == .critical ? criticalProblems() : [])
    }

    /// What a critical environment may not do without.
    private func criticalProblems() -> [StackProblem] {
        let rules: [(key: String, holds: Bool, found: String, wanted: String)] = [
            ("nat", nat == .perZone, nat.rawValue, NAT.perZone.rawValue),
            ("postgres.multi_az", postgres.isMultiZone, "false", "true"),
            ("postgres.backup_days", postgres.backupDays >= 14, "\(postgres.backupDays)", "14 or more"),
            ("postgres.replicas", postgres.replicas >= 1, "\(postgres.replicas)", "1 or more"),
            ("postgres.deletion_protection", postgres.isProtected, "false", "true"),
            ("redis.nodes", redis.nodes >= 2, "\(redis.nodes)", "2 or more"),
            ("replica_region", replicaRegion != nil, "none", "a second region"),
            ("service.tasks", service.map { $0.tasks >= 2 } ?? true, "\(service?.tasks ?? 0)", "2 or more"),
            ("alert_emails", service == nil || !alertEmails.isEmpty, "none", "at least one address"),
        ]
        return rules.filter { !$0.holds }.map { rule in
            let name = rule.key.split(separator: ".").last.map(String.init) ?? rule.key
            return StackProblem(
                key: rule.key, why: "`\(rule.found)` is too little for protection: critical",
                fix: "write \(name): \(rule.wanted), or lower `protection`")
        }
    }

    private func identityProblems() -> [StackProblem] {
        var problems: [StackProblem] = []
        for (key, text) in [("product", product), ("environment", environment)] where !text.isResourceName {
            problems.append(
                StackProblem(
                    key: key == "product" ? key : "", why: "the \(key) `\(text)` cannot be part of a resource's name",
                    fix: "use lower-case letters, digits and single hyphens, beginning with a letter"))
        }
        if product.count + environment.count > 20 {
            problems.append(
                StackProblem(
                    key: "product",
                    why:
                        "`\(product)` and `\(environment)` have \(product.count + environment.count) characters together",
                    fix: "shorten one of them: names of AWS resources leave room for 20"))
        }
        for (key, text) in [("owner", owner), ("cost_centre", costCentre)] where !text.isTagValue {
            problems.append(
                StackProblem(
                    key: key, why: "`\(text)` cannot be the value of a tag",
                    fix: "use up to 256 letters, digits, blanks and + - = . _ : / @"))
        }
        return problems
    }

    private func placeProblems() -> [StackProblem] {
        var problems: [StackProblem] = []
        func require(_ holds: Bool, _ key: String, _ why: String, _ fix: String) {
            if !holds { problems.append(StackProblem(key: key, why: why, fix: fix)) }
        }
        require(
            accountID.wholeMatch(of: #/[0-9]{12}/#) != nil, "account_id", "`\(accountID)` is not an AWS account",
            "write its twelve digits, in quotes")
        for (key, name) in [("region", region)] + (replicaRegion.map { [("replica_region", $0)] } ?? []) {
            require(
                name.wholeMatch(of: #/[a-z]{2}(-[a-z]+)+-[0-9]/#) != nil, key, "`\(name)` is not an AWS region",
                "write a region such as eu-central-1")
        }
        require(
            replicaRegion != region, "replica_region", "the copy would lie in the region of the original",
            "name another region, or remove the key")
        require(
            stateBucket.wholeMatch(of: #/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/#) != nil, "state_bucket",
            "`\(stateBucket)` is not the name of a bucket",
            "use 3 to 63 lower-case letters, digits, dots and hyphens")
        return problems
    }
}

extension String {
    fileprivate var isResourceName: Bool { wholeMatch(of: #/[a-z][a-z0-9]*(-[a-z0-9]+)*/#) != nil }
    fileprivate var isTagValue: Bool { wholeMatch(of: #/[\p{L}\p{N} +\-=._:/@]{1,256}/#) != nil }
}
