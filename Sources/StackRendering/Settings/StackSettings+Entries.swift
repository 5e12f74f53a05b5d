extension StackSettings {
    /// One setting as the environment file would have it, defaults filled in.
    package struct Entry: Codable, Sendable, Equatable {
        package let key: String
        package let value: String
    }

    /// Every setting, in the order of the file.
    package var entries: [Entry] {
        var entries: [Entry] = []
        func add(_ key: String, _ value: String?) { entries.append(Entry(key: key, value: value ?? "none")) }
        func add(_ key: String, _ value: Int) { add(key, String(value)) }
        func add(_ key: String, _ value: Bool) { add(key, String(value)) }
        add("product", product)
        add("owner", owner)
        add("cost_centre", costCentre)
        add("data_class", dataClass.rawValue)
        add("account_id", accountID)
        add("region", region)
        add("replica_region", replicaRegion)
        add("availability_zones", availabilityZones.joined(separator: ", "))
        add("cidr", cidr)
        add("nat", nat.rawValue)
        add("app_port", appPort)
        add("state_bucket", stateBucket)
        return entries + dataEntries + serviceEntries
    }

    private var dataEntries: [Entry] {
        let values: [(String, String)] = [
            ("postgres.version", postgres.version), ("postgres.instance_class", postgres.instanceClass),
            ("postgres.storage_gb", "\(postgres.storageGB)"), ("postgres.storage_limit_gb", "\(postgres.storageLimit)"),
            ("postgres.multi_az", "\(postgres.isMultiZone)"), ("postgres.backup_days", "\(postgres.backupDays)"),
            ("postgres.replicas", "\(postgres.replicas)"),
            ("postgres.deletion_protection", "\(postgres.isProtected)"), ("redis.version", redis.version),
            ("redis.node_type", redis.nodeType), ("redis.nodes", "\(redis.nodes)"),
            ("redis.maxmemory_policy", redis.maxmemoryPolicy), ("redis.snapshot_days", "\(redis.snapshotDays)"),
            ("storage.retention_days", "\(storage.retentionDays)"),
            ("storage.noncurrent_days", "\(storage.noncurrentDays)"),
            ("storage.abort_multipart_days", "\(storage.abortMultipartDays)"),
            ("storage.expire", storage.expirations.map { "\($0.prefix) \($0.days)" }.joined(separator: ", ")),
            ("storage.cors_origins", storage.corsOrigins.joined(separator: ", ")),
            ("storage.access_log_days", "\(storage.accessLogDays)"),
        ]
        return values.map(Entry.init)
    }

    private var serviceEntries: [Entry] {
        var values: [(String, String)] = []
        if let pipeline {
            values += [
                ("ci.repository", pipeline.repository), ("ci.branch", pipeline.branch),
                ("ci.owns_provider", "\(pipeline.ownsProvider)"),
            ]
        }
        if let service {
            values += [
                ("service.domain", service.domain), ("service.zone_id", service.zoneID),
                ("service.image_digest", service.imageDigest), ("service.health_path", service.healthPath),
                ("service.cpu", "\(service.cpu)"), ("service.memory_mb", "\(service.memoryMB)"),
                ("service.tasks", "\(service.tasks)"), ("service.tasks_limit", "\(service.tasksLimit)"),
                ("service.rate_limit", "\(service.rateLimit)"), ("service.log_days", "\(service.logDays)"),
            ]
            values += service.environment.sorted { $0.key < $1.key }.map { ("service.environment.\($0.key)", $0.value) }
        }
        values += secrets.map { ("secrets.\($0.name)", "\($0.variable), \($0.source.rawValue)") }
        if let edge {
            values += [
                ("edge.domain", edge.domain), ("edge.zone_id", edge.zoneID),
                ("edge.signing_keys", edge.signingKeys.map(\.name).joined(separator: ", ")),
                ("edge.rate_limit", "\(edge.rateLimit)"), ("edge.ttl_seconds", "\(edge.ttlSeconds)"),
                ("edge.price_class", edge.priceClass),
            ]
        }
        values += [
            ("slo.latency_p99_ms", "\(objectives.latencyP99Milliseconds)"),
            ("slo.error_rate_percent", "\(objectives.errorRatePercent)"),
            ("alert_emails", alertEmails.joined(separator: ", ")),
        ]
        return values.map(Entry.init)
    }
}

/// What two environments have in common and where they differ, setting by setting.
package struct SettingsComparison: Codable, Sendable {
    package struct Difference: Codable, Sendable, Equatable {
        package let key: String
        /// `none` where an environment does not have the setting.
        package let first: String
        package let second: String
        /// Whether environments are meant to differ here: what names or places them.
        package let isExpected: Bool

        private enum CodingKeys: String, CodingKey {
            case key, first, second
            case isExpected = "is_expected"
        }
    }

    package let differences: [Difference]
    package let same: Int

    package init(_ first: StackSettings, _ second: StackSettings) {
        let (one, two) = (first.entries, second.entries)
        let (left, right) = (Self.values(one), Self.values(two))
        let keys = one.map(\.key) + two.map(\.key).filter { left[$0] == nil }
        differences = keys.compactMap { key in
            let (first, second) = (left[key] ?? "none", right[key] ?? "none")
            guard first != second else { return nil }
            return Difference(key: key, first: first, second: second, isExpected: Self.identity.contains(key))
        }
        same = keys.count - differences.count
    }

    private static let identity: Set = [
        "account_id", "region", "replica_region", "availability_zones", "cidr", "state_bucket", "service.domain",
        "service.zone_id", "service.image_digest", "edge.domain", "edge.zone_id", "edge.signing_keys", "alert_emails",
        "storage.cors_origins", "service.environment.APP_ENVIRONMENT", "service.environment.APP_RELEASE",
    ]

    private static func values(_ entries: [StackSettings.Entry]) -> [String: String] {
        Dictionary(entries.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
    }
}
