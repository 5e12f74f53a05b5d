import LocalServices
import OpsModel
import PostgresClient
@testable import Probes
import TestSupport
import Testing

/// Each check against a real pooler that is healthy, and against the same pooler in exactly that trouble.
@Suite(.enabled(if: Requirement.pgbouncer.isMet, "PgBouncer is not installed")) struct PgBouncerProbeTests {
    private func probe(
        _ pooler: PgBouncerProcess, settings: [String: CheckSetting] = [:], timeout: Duration = .seconds(10),
        _ change: (inout PgBouncerExpectation) throws -> Void = { _ in }
    ) async throws -> [String: CheckResult] {
        var expectation = PgBouncerExpectation(url: try PostgresURL(pooler.consoleURL))
        expectation.throughURL = try PostgresURL(pooler.appURL)
        try change(&expectation)
        let target = ProbeTarget(
            name: "pool", subject: PgBouncerSubject(expectation), timeout: timeout,
            plan: CheckPlan(profile: .deep, settings: settings))
        let report = await ProbeRun(environment: "test", targets: [target]).once()
        return Dictionary(report.checks.map { ($0.shortName, $0) }, uniquingKeysWith: { first, _ in first })
    }

    private func command(_ pooler: PgBouncerProcess, _ text: String) async throws {
        let admin = try await PostgresConnection.open(
            PostgresURL(pooler.adminURL), applicationName: "test", timeout: .seconds(10))
        _ = try await admin.batch(text)
    }

    private func client(_ pooler: PgBouncerProcess) async throws -> PostgresConnection {
        try await PostgresConnection.open(
            PostgresURL(pooler.appURL), applicationName: "client", timeout: .seconds(10))
    }

    @Test func aHealthyPoolerPassesEveryCheck() async throws {
        try await withPgBouncer { pooler, _ in
            let checks = try await probe(pooler) { ($0.minimumVersion, $0.databases) = ("1.12", ["app"]) }
            #expect(checks.count == PgBouncerSubject.checks.count)
            for check in checks.values { #expect(check.status == .pass, "\(check)") }
            let stranger = try await probe(pooler) { ($0.minimumVersion, $0.databases) = ("99", ["shop"]) }
            #expect(stranger["version"]?.status == .fail)
            #expect(stranger["databases"]?.observed == "shop is missing")
        }
    }

    @Test func aWrongPasswordAndAWrongAuthorityAreToldApart() async throws {
        try await withPgBouncer { pooler, _ in
            let wrong = try await probe(pooler) { $0.url.password = Secret("wrong") }
            #expect(wrong["connect"]?.status == .pass)
            #expect(wrong["authenticate"]?.status == .fail)
            #expect(wrong["databases"]?.blockedBy == "pool.authenticate")
            let stopped = try await probe(pooler) { $0.url.port = 1 }
            #expect(stopped["connect"]?.status == .fail)
        }
    }

    @Test func aPausedAndADisabledDatabaseAreNamed() async throws {
        try await withPgBouncer { pooler, _ in
            try await command(pooler, "PAUSE app")
            let paused = try await probe(pooler) { $0.throughURL = nil }["databases"]
            #expect(paused?.status == .fail)
            #expect(paused?.observed == "app is paused")
            try await command(pooler, try #require(paused?.fix))
            try await command(pooler, "DISABLE app")
            let disabled = try await probe(pooler)
            #expect(disabled["databases"]?.observed == "app is disabled")
            #expect(disabled["through_pooler"]?.status == .fail)
            try await command(pooler, try #require(disabled["databases"]?.fix))
            #expect(try await probe(pooler)["databases"]?.status == .pass)
        }
    }

    @Test func clientsThatWaitAndFullPoolsAreSeen() async throws {
        var options = PgBouncerProcess.Options()
        (options.poolSize, options.maxClients) = (1, 5)
        try await withPgBouncer(options) { pooler, _ in
            var holder: PostgresConnection? = try await client(pooler)
            _ = try await holder?.batch("BEGIN; SELECT 1")
            async let waiter = client(pooler).batch("SELECT 1")
            let settings = [
                "pool_wait": strict, "clients_waiting": strict, "client_saturation": CheckSetting(fail: 20),
            ]
            try await eventually("a client waits") {
                try await probe(pooler, settings: settings) { $0.throughURL = nil }["clients_waiting"]?.status == .fail
            }
            let checks = try await probe(pooler, settings: settings) { $0.throughURL = nil }
            #expect(checks["pool_wait"]?.status == .fail)
            #expect(checks["pool_saturation"]?.status == .warn)
            #expect(checks["pool_saturation"]?.observed == "app as app: 1 of 1")
            #expect(checks["client_saturation"]?.status == .fail)
            holder = nil
            _ = try await waiter
            #expect(try await probe(pooler, settings: ["pool_wait": strict])["pool_wait"]?.status == .pass)
        }
    }

    @Test func aPoolerWithoutItsServerAnswersButLetsNothingThrough() async throws {
        try await withPgBouncer { pooler, cluster in
            _ = try await cluster.stop(.immediate)
            let checks = try await probe(pooler, timeout: .seconds(2))
            #expect(checks["connect"]?.status == .pass)
            #expect(checks["databases"]?.status == .pass)
            // The pooler lets its client wait: nobody said no.
            #expect(checks["through_pooler"]?.status == .unknown)
            #expect(checks["through_pooler"]?.reason == .timeout)
        }
    }

    @Test func aServerProbedThroughAPoolerSaysSo() async throws {
        try await withPgBouncer { pooler, _ in
            let checks = try await ProbesTests.probe(pooler.appURL)
            #expect(
                checks["authenticate"]?.fix?.contains("probe it as pgbouncer") == true, "\(checks["authenticate"]!)")
        }
    }
}
