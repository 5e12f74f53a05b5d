import OpsModel
import PostgresClient

/// A PostgreSQL server.
package struct PostgresSubject: ProbeSubject {
    package static let kind = "postgres"
    package static let checks: [CheckDefinition] =
        sessionChecks + configurationChecks + accessChecks + replicationChecks + activityChecks + storageChecks
        + canaryChecks

    package let expectation: PostgresExpectation

    package init(_ expectation: PostgresExpectation) { self.expectation = expectation }

    package var endpoint: String { expectation.url.endpoint }
    package var hosts: [String] {
        let hosts = [expectation.url.host, expectation.replicaURL?.host].compactMap { $0 }.flatMap { hostNames($0) }
        return hosts.first == hosts.last ? Array(hosts.prefix(1)) : hosts
    }

    package func look(_ visit: Visit) async -> PostgresSnapshot {
        var expectation = expectation
        expectation.url.addresses = visit.addresses[expectation.url.host] ?? []
        if let replica = expectation.replicaURL {
            expectation.replicaURL?.addresses = visit.addresses[replica.host] ?? []
        }
        expectation.refusesPlaintext = expectation.refusesPlaintext && visit.asks("plaintext_refused")
        expectation.writesCanary = expectation.writesCanary && visit.asks("write_canary", "canary_on_replica")
        if !visit.asks("canary_on_replica") { expectation.replicaURL = nil }
        var look = PostgresLook(
            expectation: expectation, asked: visit.asked, time: visit.time, canaryID: visit.canaryID)
        let replica = Self.canaryChecks.first { $0.name == "canary_on_replica" }
        if let limit = replica.flatMap({ visit.plan.limits($0)?.fail }) { look.replicaLimit = .seconds(limit) }
        return await look.look()
    }

    package static func judge(
        _ snapshot: PostgresSnapshot, _ expectation: PostgresExpectation, _ sheet: inout CheckSheet
    ) {
        PostgresJudge(snapshot: snapshot, expectation: expectation).judge(&sheet)
    }

    package static func roundTrips(_ snapshot: PostgresSnapshot) -> Int? { snapshot.roundTrips }
}
