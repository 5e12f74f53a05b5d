import RedisClient

extension RedisFailoverDrill {
    package var plan: DrillPlan {
        let names = settings.sentinels.map(\.endpoint).joined(separator: ", ")
        let key = settings.keyPrefix + id
        return DrillPlan(
            drill: "redis-failover", environment: settings.environment, method: nil,
            steps: [
                .init(step: "preflight", what: "ask \(names) for master, quorum and replicas of \(settings.master)"),
                .init(step: "credentials", what: "ROLE, RPUSH \(key) on the master"),
                .init(step: "failover", what: "SENTINEL FAILOVER \(settings.master), while a client writes"),
                .init(
                    step: "agreement", what: "wait until all name another master, and the old one is a replica in step"),
                .init(step: "count", what: "LRANGE on the new master: which acknowledged numbers are missing"),
                .init(step: "clean up", what: "DEL \(key)"),
            ])
    }
}
