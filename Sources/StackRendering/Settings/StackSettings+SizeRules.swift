extension StackSettings {
    func networkProblems() -> [StackProblem] {
        var problems: [StackProblem] = []
        if !(2...4).contains(availabilityZones.count) {
            problems.append(
                StackProblem(
                    key: "availability_zones", why: "\(availabilityZones.count) zones", fix: "name two to four zones"))
        }
        for (index, zone) in availabilityZones.enumerated() {
            let isRepeated = availabilityZones[..<index].contains(zone)
            let isHere = zone.hasPrefix(region) && zone.dropFirst(region.count).wholeMatch(of: #/[a-z]/#) != nil
            guard isRepeated || !isHere else { continue }
            problems.append(
                StackProblem(
                    key: "availability_zones.\(index)",
                    why: isRepeated ? "the zone `\(zone)` is named twice" : "`\(zone)` is not a zone of \(region)",
                    fix: "name zones such as \(region)a, each once"))
        }
        if let why = AddressRange.fault(of: cidr) {
            problems.append(StackProblem(key: "cidr", why: why, fix: "write a private range such as 10.20.0.0/16"))
        }
        return problems
    }

    func sizeProblems() -> [StackProblem] {
        var problems: [StackProblem] = []
        func require(_ holds: Bool, _ key: String, _ why: String, _ fix: String) {
            if !holds { problems.append(StackProblem(key: key, why: why, fix: fix)) }
        }
        require(
            postgres.instanceClass.wholeMatch(of: #/db\.[a-z0-9-]+\.[a-z0-9-]+/#) != nil, "postgres.instance_class",
            "`\(postgres.instanceClass)` is not a size of RDS", "write one such as db.m7g.large")
        require(
            postgres.storageLimit >= postgres.storageGB, "postgres.storage_limit_gb",
            "\(postgres.storageLimit) is below storage_gb \(postgres.storageGB)", "raise it, or remove the key")
        require(
            redis.nodeType.wholeMatch(of: #/cache\.[a-z0-9-]+\.[a-z0-9-]+/#) != nil, "redis.node_type",
            "`\(redis.nodeType)` is not a size of ElastiCache", "write one such as cache.m7g.large")
        require(
            storage.noncurrentDays >= storage.retentionDays, "storage.noncurrent_days",
            "\(storage.noncurrentDays) days are fewer than retention_days \(storage.retentionDays)",
            "keep versions at least as long as they are locked")
        for (index, expiration) in storage.expirations.enumerated() {
            let isRepeated = storage.expirations[..<index].contains { $0.prefix == expiration.prefix }
            require(
                !isRepeated, "storage.expire.\(index).prefix", "the prefix `\(expiration.prefix)` is there twice",
                "keep one of them")
        }
        for (index, origin) in storage.corsOrigins.enumerated() {
            require(
                origin.wholeMatch(of: #/https://[a-z0-9.-]+(:[0-9]+)?/#) != nil, "storage.cors_origins.\(index)",
                "`\(origin)` is not an https origin", "write scheme and host only, for example https://app.example.com")
        }
        return problems
    }
}

/// An IPv4 range as a VPC can have it.
enum AddressRange {
    /// Why `text` cannot be a VPC's range; nil when it can.
    static func fault(of text: String) -> String? {
        guard let match = text.wholeMatch(of: #/([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})/([0-9]{1,2})/#),
            let length = UInt32(match.5)
        else { return "`\(text)` is not an IPv4 range" }
        let parts = [match.1, match.2, match.3, match.4].compactMap { UInt8($0) }
        guard parts.count == 4 else { return "`\(text)` is not an IPv4 range" }
        guard (16...24).contains(length) else { return "/\(length) is not from /16 to /24" }
        let address = parts.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        guard address & (UInt32.max >> length) == 0 else { return "`\(text)` does not begin at a border of /\(length)" }
        let isPrivate =
            parts[0] == 10 || (parts[0] == 172 && parts[1] & 0xF0 == 16) || (parts[0], parts[1]) == (192, 168)
        return isPrivate ? nil : "`\(text)` is not private (RFC 1918)"
    }
}
