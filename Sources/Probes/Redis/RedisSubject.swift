package import OpsModel
package import RedisClient

/// A Redis server.
package struct RedisSubject: ProbeSubject {
    package static let kind = "redis"
    package static let checks: [CheckDefinition] = [
        CheckDefinition("connect", "Does a server answer?", why: "nothing else works without it"),
        CheckDefinition(
            "tls", "Is the connection encrypted and the server verified?",
            why: "passwords and values could be read on the way"),
        CheckDefinition("authenticate", "Is the user accepted?", why: "the app could not log in"),
        CheckDefinition("ping", "Does it answer PONG?", why: "a server that loads its data answers, but not with PONG"),
        CheckDefinition(
            "role", "Is it the master, or the replica, as expected?", why: "a demoted master refuses writes"),
        CheckDefinition(
            "eviction_policy", "Is maxmemory-policy the expected one?", why: "a queue loses jobs when keys are evicted",
            in: .review),
        CheckDefinition(
            "plaintext_refused", "Is a connection without TLS refused?",
            why: "one misconfigured client would send its password in the clear", in: .review, isPosture: true),
        CheckDefinition(
            "unauthenticated_refused", "Is a command without AUTH refused?",
            why: "whoever reaches the port reads everything", in: .review, isPosture: true),
        CheckDefinition(
            "write_canary", "Is a key written, read back and removed?",
            why: "PING passes on a server that takes no writes", in: .writing),
    ]

    package let expectation: RedisExpectation

    package init(_ expectation: RedisExpectation) { self.expectation = expectation }

    package var endpoint: String { expectation.url.endpoint }
    package var hosts: [String] { hostNames(expectation.url.host) }

    package func look(_ visit: Visit) async -> RedisSnapshot {
        var expectation = expectation
        expectation.url.addresses = visit.addresses[expectation.url.host] ?? []
        expectation.refusesPlaintext = expectation.refusesPlaintext && visit.asks("plaintext_refused")
        expectation.refusesUnauthenticated = expectation.refusesUnauthenticated && visit.asks("unauthenticated_refused")
        expectation.writesCanary = expectation.writesCanary && visit.asks("write_canary")
        return await RedisLook(expectation: expectation, time: visit.time, canaryID: visit.canaryID).look()
    }

    package static func judge(_ snapshot: RedisSnapshot, _ expectation: RedisExpectation, _ sheet: inout CheckSheet) {
        snapshot.judge(expectation, &sheet)
    }
}
