extension StackSettings {
    func serviceProblems() -> [StackProblem] {
        pipelineProblems() + (service.map(problems) ?? []) + secretProblems() + (edge.map(problems) ?? [])
            + alertProblems()
    }

    private func pipelineProblems() -> [StackProblem] {
        var found = Problems()
        if let pipeline {
            found.require(
                pipeline.repository.wholeMatch(of: #/[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+/#) != nil,
                "ci.repository",
                "`\(pipeline.repository)` is not a repository of GitHub", "write owner/name")
            found.require(
                pipeline.branch.wholeMatch(of: #/[A-Za-z0-9._/-]+/#) != nil, "ci.branch",
                "`\(pipeline.branch)` is not the name of one branch", "write a name without wildcards, such as main")
        }
        return found.list
    }

    private func problems(_ service: Service) -> [StackProblem] {
        var found = Problems()
        found.requireDomain(service.domain, "service.domain")
        found.requireZone(service.zoneID, "service.zone_id")
        found.require(
            service.imageDigest.wholeMatch(of: #/sha256:[0-9a-f]{64}/#) != nil, "service.image_digest",
            "`\(service.imageDigest)` is not a digest", "write sha256: and 64 hex digits: a tag can be moved")
        found.require(
            service.healthPath.wholeMatch(of: #//[A-Za-z0-9/_.-]*/#) != nil, "service.health_path",
            "`\(service.healthPath)` is not a path", "write one such as /readyz")
        let sizes = Fargate.memory(cpu: service.cpu)
        found.require(
            sizes?.contains(service.memoryMB) == true, "service.memory_mb",
            "Fargate has no task of \(service.cpu) units and \(service.memoryMB) MB",
            sizes.map { "with \(service.cpu) units: \($0.lowerBound) to \($0.upperBound) MB" }
                ?? "write cpu: 256, 512, 1024, 2048, 4096")
        found.require(
            service.tasks <= service.tasksLimit, "service.tasks_limit",
            "\(service.tasksLimit) is below tasks \(service.tasks)", "raise it, or lower tasks")
        return found.list + environmentProblems(service)
    }

    /// What the container's variables refer to must be something the layer is given.
    private func environmentProblems(_ service: Service) -> [StackProblem] {
        var found = Problems()
        let known = StackLayer.app.inputs.flatMap(\.paths).sorted()
        for (name, text) in service.environment.sorted(by: { $0.key < $1.key }) {
            found.require(
                name.isVariableName, "service.environment.\(name)", "`\(name)` is not the name of a variable",
                "use capital letters, digits and underscores")
            found.require(
                !secrets.contains { $0.variable == name }, "service.environment.\(name)",
                "a secret has the same variable", "remove one of them")
            for path in StackTemplate(text).references where !known.contains(path) {
                found.require(
                    false, "service.environment.\(name)", "there is no output `\(path)` for the layer app",
                    "outputs: \(known.joined(separator: ", "))")
            }
        }
        return found.list
    }

    private func secretProblems() -> [StackProblem] {
        var found = Problems()
        for (index, secret) in secrets.enumerated() {
            let earlier = secrets[..<index]
            found.require(
                secret.name.wholeMatch(of: #/[a-z][a-z0-9]*(-[a-z0-9]+)*/#) != nil && secret.name.count <= 40,
                "secrets.\(index).name", "`\(secret.name)` cannot be part of a resource's name",
                "use up to 40 lower-case letters, digits and single hyphens")
            found.require(
                secret.variable.isVariableName, "secrets.\(index).variable",
                "`\(secret.variable)` is not the name of a variable", "use capital letters, digits and underscores")
            found.require(
                !earlier.contains { $0.name == secret.name || $0.variable == secret.variable }, "secrets.\(index)",
                "its name or its variable is there twice", "keep one of them")
        }
        return found.list
    }

    private func problems(_ edge: Edge) -> [StackProblem] {
        var found = Problems()
        found.requireDomain(edge.domain, "edge.domain")
        found.requireZone(edge.zoneID, "edge.zone_id")
        found.require(
            edge.domain != service?.domain, "edge.domain", "the service has the same name", "give the CDN its own name")
        for (index, key) in edge.signingKeys.enumerated() {
            found.require(
                key.publicKey.hasPrefix("-----BEGIN PUBLIC KEY-----\n"), "edge.signing_keys.\(index).public_key",
                "it is not a public key in PEM", "openssl rsa -in private.pem -pubout")
            found.require(
                key.name.wholeMatch(of: #/[a-z0-9][a-z0-9-]{0,30}/#) != nil, "edge.signing_keys.\(index).name",
                "`\(key.name)` cannot be part of a resource's name", "write one such as 2026-11")
            found.require(
                !edge.signingKeys[..<index].contains { $0.name == key.name }, "edge.signing_keys.\(index).name",
                "`\(key.name)` is there twice", "name each key after the month it was made in")
        }
        return found.list
    }

    private func alertProblems() -> [StackProblem] {
        var found = Problems()
        for (index, email) in alertEmails.enumerated() {
            found.require(
                email.wholeMatch(of: #/[^@\s]+@[^@\s]+\.[^@\s]+/#) != nil, "alert_emails.\(index)",
                "`\(email)` is not an address", "write one such as oncall@example.com")
        }
        return found.list
    }
}

/// Broken rules, gathered one by one.
private struct Problems {
    var list: [StackProblem] = []

    mutating func require(_ holds: Bool, _ key: String, _ why: String, _ fix: String) {
        if !holds { list.append(StackProblem(key: key, why: why, fix: fix)) }
    }

    mutating func requireDomain(_ name: String, _ key: String) {
        require(
            name.wholeMatch(of: #/([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}/#) != nil, key,
            "`\(name)` is not a domain name", "write one such as app.example.com")
    }

    mutating func requireZone(_ name: String, _ key: String) {
        require(
            name.wholeMatch(of: #/Z[A-Z0-9]{5,31}/#) != nil, key, "`\(name)` is not a hosted zone of Route 53",
            "aws route53 list-hosted-zones-by-name")
    }
}

/// Sizes of tasks on Fargate: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html>.
enum Fargate {
    /// Megabytes that a task of so many units may have.
    static func memory(cpu: Int) -> ClosedRange<Int>? {
        [256: 512...2048, 512: 1024...4096, 1024: 2048...8192, 2048: 4096...16384, 4096: 8192...30720][cpu]
    }
}

extension String {
    fileprivate var isVariableName: Bool { wholeMatch(of: #/[A-Z][A-Z0-9_]*/#) != nil }
}
