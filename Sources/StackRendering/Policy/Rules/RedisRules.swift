let redisRules: [PolicyRule] = [
    PolicyRule(
        "redis.tls", on: group,
        says: PolicyText(
            "Redis takes connections over TLS only", why: "sessions and jobs pass the network in clear",
            fix: "transit_encryption_enabled = true and transit_encryption_mode = \"required\"",
            reference: "AWS FSBP ElastiCache.5")
    ) { group, _ in
        group.values.faults("transit_encryption_enabled", .isTrue)
            + (group.values.known("transit_encryption_mode").string == "preferred"
                ? [.broken("transit_encryption_mode is preferred: connections without TLS are taken")] : [])
    },
    PolicyRule(
        "redis.encrypted", on: group,
        says: PolicyText(
            "Redis is encrypted at rest", why: "snapshots and swap hold what was in memory, readable",
            fix: "at_rest_encryption_enabled = true", reference: "AWS FSBP ElastiCache.4")
    ) { group, _ in group.values.faults("at_rest_encryption_enabled", .isTrue) },
    PolicyRule(
        "redis.auth", on: group,
        says: PolicyText(
            "Redis asks who connects", why: "whatever reaches the port reads and writes everything",
            fix: "user_group_ids with IAM users", reference: "AWS FSBP ElastiCache.6")
    ) { group, _ in
        let groups = group.faults("user_group_ids", .present)
        let token = group.faults("auth_token", .present)
        if groups.isEmpty || token.isEmpty { return [] }
        return (groups + token).contains(where: \.isUnknown)
            ? [.unknown("user_group_ids and auth_token are known only after apply")]
            : [.broken("neither user_group_ids nor auth_token is set")]
    },
    PolicyRule(
        "redis.failover", in: [.critical], on: group,
        says: PolicyText(
            "Redis of critical environments fails over to another zone",
            why: "the loss of one node stops the queue until somebody makes a new one",
            fix: "automatic_failover_enabled = true and multi_az_enabled = true, with two nodes or more",
            reference: "AWS FSBP ElastiCache.3")
    ) { group, _ in
        group.values.faults("automatic_failover_enabled", .isTrue) + group.values.faults("multi_az_enabled", .isTrue)
    },
]

private let group: Set = ["aws_elasticache_replication_group"]
