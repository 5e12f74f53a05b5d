import AWSClient

/// A Redis master and its replicas, of ElastiCache.
package enum ReplicationGroup: AWSKind {
    package static let kind = "aws.elasticache_replication_group"
    package static let locators = ["replication_group"]
    package static let questions: [AWSQuestion] = [
        AWSQuestion(needs: "elasticache:DescribeReplicationGroups", settings: safety + access) {
            try await $0.one(
                .query(.elasticache, "DescribeReplicationGroups", ["ReplicationGroupId": $0.id]),
                at: "ReplicationGroups", "ReplicationGroup")
        },
        AWSQuestion(
            needs: "elasticache:DescribeCacheClusters", "elasticache:DescribeCacheParameters",
            settings: [
                .text(
                    "maxmemory_policy", "noeviction", "Does Redis do the right thing when its memory is full?",
                    why: "another policy throws away what must stay, or refuses what could be thrown away",
                    flaw: ("keys are thrown away", "allkeys-lru")
                ) { parameters in
                    parameters.all("Parameters", "Parameter").first {
                        $0.text("ParameterName") == "maxmemory-policy"
                    }?.text("ParameterValue")
                }
            ]
        ) { asking in
            guard let member = asking.resource.texts("MemberClusters", "ClusterId").first else {
                throw AWSError.unreadable(action: "elasticache:DescribeReplicationGroups", why: "no member clusters")
            }
            let cluster = try await asking.one(
                .query(.elasticache, "DescribeCacheClusters", ["CacheClusterId": member]), at: "CacheClusters",
                "CacheCluster")
            let group = cluster.text("CacheParameterGroup", "CacheParameterGroupName") ?? "default"
            return try await asking.parameters(
                .elasticache, "DescribeCacheParameters", ["CacheParameterGroupName": group])
        },
    ]

    private static let modify =
        "aws elasticache modify-replication-group --replication-group-id {id} --apply-immediately"

    private static let safety: [AWSSetting] = [
        .flag(
            "failover", true, "Does a replica take over when the master fails?",
            why: "Redis would be gone until somebody comes", flaw: "automatic failover is off",
            fix: "\(modify) --automatic-failover-enabled"
        ) { ["enabled", "enabling"].contains($0.text("AutomaticFailover")) },
        .flag(
            "multi_az", true, "Are master and replicas in different zones?",
            why: "a zone that fails would take all of them", flaw: "they are in one zone",
            fix: "\(modify) --multi-az-enabled"
        ) { $0.text("MultiAZ") == "enabled" },
        .number(
            "nodes", 2, "Are all nodes there?", why: "there would be no replica to take over",
            flaw: ("the replica is gone", 1)
        ) { Double($0.all("MemberClusters", "ClusterId").count) },
        .number(
            "snapshot_days", 7, "Are snapshots kept long enough?", why: "what was lost could not be restored",
            flaw: ("there are none", 0), fix: "\(modify) --snapshot-retention-limit DAYS", comparison: .atLeast
        ) { $0.number("SnapshotRetentionLimit") },
        .list(
            "log_types", ["engine-log", "slow-log"], "Are the logs kept outside of the nodes?",
            why: "nobody could see afterwards what was slow",
            flaw: ("the slow log is no longer delivered", ["engine-log"]),
            isGrave: false
        ) { group in
            group.all("LogDeliveryConfigurations", "LogDeliveryConfiguration")
                .filter { !["disabling", "error"].contains($0.text("Status")) }.compactMap { $0.text("LogType") }
        },
    ]

    private static let access: [AWSSetting] = [
        .flag(
            "encrypted_at_rest", true, "Are the nodes' disks encrypted?",
            why: "a disk or snapshot that leaves the house is readable", flaw: "they are not encrypted"
        ) { $0.flag("AtRestEncryptionEnabled") },
        .text(
            "transit", "required", "Does Redis refuse connections without TLS?",
            why: "passwords and values could be read on the way", flaw: ("TLS is only preferred", "preferred"),
            fix: "\(modify) --transit-encryption-mode required"
        ) { $0.flag("TransitEncryptionEnabled") ? $0.text("TransitEncryptionMode") ?? "required" : "off" },
    ]
}
