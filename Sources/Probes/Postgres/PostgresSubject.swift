package import OpsModel
package import PostgresClient

/// A PostgreSQL server.
package struct PostgresSubject: ProbeSubject {
    package static let kind = "postgres"
    package static let checks: [CheckDefinition] = [
        CheckDefinition("connect", "Does a server answer?", why: "nothing else works without it"),
        CheckDefinition("authenticate", "Does the role get a session?", why: "the app could not log in"),
        CheckDefinition(
            "tls", "Is the session encrypted and the server verified?",
            why: "passwords and rows could be read or changed on the way"),
        CheckDefinition(
            "role", "Is it the primary, or the replica, as expected?",
            why: "SELECT 1 passes on a demoted primary, writes do not"),
        CheckDefinition(
            "plaintext_refused", "Is a session without TLS refused?",
            why: "one misconfigured client would send its data in the clear", in: .review, isPosture: true),
        CheckDefinition(
            "write_canary", "Is a row written, read back and removed?",
            why: "a server that answers may still take no writes", in: .writing),
    ]

    package let expectation: PostgresExpectation

    package init(_ expectation: PostgresExpectation) { self.expectation = expectation }

    package var endpoint: String { expectation.url.endpoint }
    package var hosts: [String] { hostNames(expectation.url.host) }

    package func look(_ visit: Visit) async -> PostgresSnapshot {
        var expectation = expectation
        expectation.url.addresses = visit.addresses[expectation.url.host] ?? []
        expectation.refusesPlaintext = expectation.refusesPlaintext && visit.asks("plaintext_refused")
        expectation.writesCanary = expectation.writesCanary && visit.asks("write_canary")
        return await PostgresLook(expectation: expectation, time: visit.time, canaryID: visit.canaryID).look()
    }

    package static func judge(
        _ snapshot: PostgresSnapshot, _ expectation: PostgresExpectation, _ sheet: inout CheckSheet
    ) {
        snapshot.judge(expectation, &sheet)
    }
}
