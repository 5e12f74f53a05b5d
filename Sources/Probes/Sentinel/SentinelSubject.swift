import OpsModel
package import RedisClient

/// The sentinels that watch one Redis master.
package struct SentinelSubject: ProbeSubject {
    package static let kind = "sentinel"
    package static let checks: [CheckDefinition] = [
        CheckDefinition(
            "connect", "Does every sentinel answer?", why: "with too few of them nobody starts a failover"),
        CheckDefinition(
            "certificate_expiry", "Do the certificates of all sentinels stay valid?",
            why: "on the day they expire no client finds the master", limits: .atLeast(warn: 21, fail: 3, "d")),
        CheckDefinition(
            "authenticate", "Does every sentinel accept the user?", why: "clients could not ask for the master"),
        CheckDefinition(
            "master_known", "Does every sentinel watch this master?", why: "one that does not has no vote",
            privilege: "+sentinel|master"),
        CheckDefinition(
            "agreement", "Do all sentinels name the same master?",
            why: "clients would write to two masters, and one of them loses everything",
            privilege: "+sentinel|get-master-addr-by-name"),
        CheckDefinition(
            "master_up", "Does every sentinel see the master up?", why: "a failover is near, or going on",
            privilege: "+sentinel|master"),
        CheckDefinition(
            "master_role", "Is what they name really a master?",
            why: "after a failover the old address may answer as a replica, which refuses writes", privilege: "+role"),
        CheckDefinition(
            "quorum", "Could they agree on a failover now?", why: "without a majority the master stays down",
            privilege: "+sentinel|ckquorum"),
        CheckDefinition(
            "sentinels", "Does each one know all the others?",
            why: "a forgotten or left-over sentinel shifts the majority", in: .review, privilege: "+sentinel|master"),
        CheckDefinition(
            "replicas", "Are there replicas to fail over to?", why: "without one there is no failover", in: .review,
            privilege: "+sentinel|replicas"),
    ]

    package let expectation: SentinelExpectation

    package init(_ expectation: SentinelExpectation) { self.expectation = expectation }

    package var endpoint: String { expectation.urls.map(\.endpoint).joined(separator: ",") }
    package var hosts: [String] {
        expectation.urls.map(\.host).reduce(into: []) { hosts, host in
            if !hosts.contains(host) { hosts.append(host) }
        }.flatMap { hostNames($0) }
    }

    package func look(_ visit: Visit) async -> SentinelSnapshot {
        await SentinelLook(expectation: expectation, visit: visit).look()
    }

    package static func judge(
        _ snapshot: SentinelSnapshot, _ expectation: SentinelExpectation, _ sheet: inout CheckSheet
    ) { snapshot.judge(expectation, &sheet) }

    /// Those of the sentinel that took most; all are asked at once, and then the master.
    package static func roundTrips(_ snapshot: SentinelSnapshot) -> Int? {
        snapshot.views.compactMap { $0.answers.facts?.roundTrips }.max()
    }
}

/// What is expected of sentinels.
package struct SentinelExpectation: Codable, Sendable {
    package var urls: [RedisURL]
    /// The name under which they watch the master.
    package var master: String
    /// How many there are in all.
    package var sentinels: Int
    /// Replicas that could take over; nil when not asked for.
    package var replicas: Int?
    /// Credentials and CA file for the master that they name; its host and port do not count.
    package var data: RedisURL?

    package init(
        urls: [RedisURL], master: String, sentinels: Int? = nil, replicas: Int? = nil, data: RedisURL? = nil
    ) {
        (self.urls, self.master, self.replicas, self.data) = (urls, master, replicas, data)
        self.sentinels = sentinels ?? urls.count
    }
}
