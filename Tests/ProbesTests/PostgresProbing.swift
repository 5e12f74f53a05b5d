import Foundation
import LocalServices
import OpsModel
import PostgresClient
@testable import Probes
import TestSupport

/// One look at one server, by short names of the checks.
func probe(
    _ url: Secret, role: PostgresExpectation.Role = .primary, canary: Bool = false, timeout: Duration = .seconds(10),
    profile: ProbeProfile = .deep, settings: [String: CheckSetting] = [:],
    _ change: (inout PostgresExpectation) throws -> Void = { _ in }
) async throws -> [String: CheckResult] {
    let report = try await examine(
        url, role: role, canary: canary, timeout: timeout, profile: profile, settings: settings, change
    ).report
    return Dictionary(report.checks.map { ($0.shortName, $0) }, uniquingKeysWith: { first, _ in first })
}

func examine(
    _ url: Secret, role: PostgresExpectation.Role = .primary, canary: Bool = false, timeout: Duration = .seconds(10),
    profile: ProbeProfile = .deep, settings: [String: CheckSetting] = [:],
    _ change: (inout PostgresExpectation) throws -> Void = { _ in }
) async throws -> (report: ProbeReport, saved: SavedRun) {
    var expectation = PostgresExpectation(
        url: try PostgresURL(url), role: role, protection: .verified, writesCanary: canary)
    try change(&expectation)
    let target = ProbeTarget(
        name: "db", subject: PostgresSubject(expectation), timeout: timeout,
        plan: CheckPlan(profile: profile, settings: settings))
    return await ProbeRun(environment: "test", targets: [target]).examine()
}

/// Every measured value of a check is beyond this limit of 0, unless it is 0 itself.
let strict = CheckSetting(warn: 0, fail: 0)

extension PostgresCluster {
    /// Changes a setting and waits for nothing: what starts afterwards has it.
    func set(_ name: String, _ value: String, on member: Member = .primary) async throws {
        try await sql("ALTER SYSTEM SET \(name) = \(value);", database: "postgres", on: member)
        try await sql("SELECT pg_reload_conf()", database: "postgres", on: member)
    }

    func session(_ role: Role = .app, database: String = "app", on member: Member = .primary) async throws
        -> PostgresConnection
    {
        try await PostgresConnection.open(
            PostgresURL(url(role, database: database, on: member)), applicationName: "culprit", timeout: .seconds(10))
    }
}

/// A primary with a WAL archive and a replica that streams from it.
func withPostgresPair(isDurable: Bool = false, _ body: (PostgresCluster) async throws -> Void) async throws {
    var options = PostgresCluster.Options()
    (options.hasReplica, options.archivesWAL, options.isDurable) = (true, true, isDurable)
    try await withPostgresCluster(options) { cluster in
        try await eventually("the replica streams") {
            try await cluster.sql("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'") == "1"
        }
        try await body(cluster)
    }
}
