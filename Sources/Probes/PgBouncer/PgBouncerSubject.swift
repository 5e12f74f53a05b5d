import OpsModel
import PostgresClient

/// A PgBouncer, seen from its admin console.
package struct PgBouncerSubject: ProbeSubject {
    package static let kind = "pgbouncer"
    private static let stats = "stats_users = <user> in pgbouncer.ini"

    package static let checks: [CheckDefinition] = [
        CheckDefinition("connect", "Does a pooler answer?", why: "every client behind it is cut off"),
        CheckDefinition(
            "tls", "Is the session encrypted and the pooler verified?",
            why: "passwords and rows could be read or changed on the way"),
        CheckDefinition(
            "authenticate", "Does the user get into the admin console?", why: "nothing else can be seen",
            privilege: stats),
        CheckDefinition(
            "databases", "Are the expected databases there, and none paused or disabled?",
            why: "clients of a paused database wait until somebody resumes it", privilege: stats),
        CheckDefinition(
            "pool_wait", "How long has the first client waited for a server connection?",
            why: "the pool is too small for its clients, or its servers are stuck", privilege: stats,
            limits: .atMost(warn: 1, fail: 10, "s")),
        CheckDefinition(
            "through_pooler", "Does a statement get through the pooler to its server?",
            why: "the pooler answers by itself, also when no server does",
            limits: .atMost(warn: 1, fail: 5, "s")),
        CheckDefinition(
            "version", "Is the pooler at least of the required version?", why: "old ones have known holes", in: .review),
        CheckDefinition(
            "tls_version", "Is the session's TLS 1.2 or newer?", why: "older versions are broken", in: .review,
            isPosture: true),
        CheckDefinition(
            "certificate_expiry", "How long are all certificates of the chain still valid?",
            why: "one that expires stops every client that verifies", in: .review,
            limits: .atLeast(warn: 21, fail: 3, "d")),
        CheckDefinition(
            "clients_waiting", "How many clients wait for a server connection?",
            why: "each of them is a request that stands still", in: .review, privilege: stats,
            limits: .atMost(warn: 10, fail: 100)),
        CheckDefinition(
            "pool_saturation", "How much of the fullest pool is at work?",
            why: "at 100 % the next client waits", in: .review, privilege: stats, limits: .atMost(warn: 90, "%")),
        CheckDefinition(
            "client_saturation", "How near is the pooler to max_client_conn?", why: "the next client is refused",
            in: .review, privilege: stats, limits: .atMost(warn: 80, fail: 95, "%")),
    ]

    package let expectation: PgBouncerExpectation

    package init(_ expectation: PgBouncerExpectation) { self.expectation = expectation }

    package var endpoint: String { expectation.url.endpoint }
    package var hosts: [String] {
        let hosts = hostNames(expectation.url.host)
        return hosts + (expectation.throughURL.map { hostNames($0.host) } ?? []).filter { !hosts.contains($0) }
    }

    package func look(_ visit: Visit) async -> PgBouncerSnapshot {
        var expectation = expectation
        expectation.url.addresses = visit.addresses[expectation.url.host] ?? []
        if let through = expectation.throughURL {
            expectation.throughURL?.addresses = visit.addresses[through.host] ?? []
        }
        if !visit.asks("through_pooler") { expectation.throughURL = nil }
        return await PgBouncerLook(expectation: expectation, asked: visit.asked, time: visit.time).look()
    }

    package static func judge(
        _ snapshot: PgBouncerSnapshot, _ expectation: PgBouncerExpectation, _ sheet: inout CheckSheet
    ) {
        PgBouncerJudge(snapshot: snapshot, expectation: expectation).judge(&sheet)
    }

    package static func roundTrips(_ snapshot: PgBouncerSnapshot) -> Int? { snapshot.roundTrips }
}
