import LocalServices
import OpsModel
import PostgresClient
@testable import Probes
import TestSupport
import Testing

@Suite(.enabled(if: Requirement.postgres.isMet, "PostgreSQL is not installed")) struct PostgresRoundTripTests {
    /// Handshake, authentication, all statements and the canary: TLS request, TLS, three for SCRAM with the start, one flight.
    /// Seven would mean that the server had to ask for another key share.
    @Test func aCompleteSweepTakesSixRoundTripsByCountAndByTheClock() async throws {
        try await withPostgres { database in
            // The first connection of a process also loads libpq's and OpenSSL's tables.
            _ = try await probe(database.url(.probe))
            let proxy = try DelayingProxy(to: database.cluster.port, delay: .milliseconds(50))
            // The best of three: the machine has other work too.
            var fastest = Int64.max
            for _ in 0..<3 {
                let run = try await examine(database.url(.probe), canary: true) {
                    $0.url.port = proxy.port
                    $0.appRole = "app"
                    $0.refusesPlaintext = false
                }
                let target = try #require(run.report.targets.first)
                #expect(target.checks.allSatisfy { [.pass, .skipped].contains($0.status) })
                #expect(target.roundTrips == 6)
                fastest = min(fastest, target.elapsedMilliseconds)
            }
            #expect(fastest >= 600)
            #expect(fastest < 750)
        }
    }

    @Test func theRowOnTheReplicaCostsOneRoundTripMore() async throws {
        try await withPostgres { database in
            let proxy = try DelayingProxy(to: database.cluster.port, delay: .milliseconds(10))
            let run = try await examine(database.url(.probe), canary: true) {
                $0.replicaURL = try PostgresURL(database.url(.probe))
                $0.url.port = proxy.port
            }
            #expect(run.report.targets.first?.roundTrips == 7)
        }
    }

    @Test func behindTheFirstStatementASessionOnlyReadsAndNeverWaitsLong() async throws {
        try await withPostgres { database in
            let expectation = PostgresExpectation(
                url: try PostgresURL(database.url(.app)), role: .primary, protection: .verified, writesCanary: false)
            let look = PostgresLook(
                expectation: expectation, asked: [], time: TimeBudget(.seconds(10)), canaryID: "x")
            let answers = try await look.open(expectation.url).pipeline([
                PostgresCatalogue.session(expectation), PostgresCatalogue.makeReadOnly,
                PostgresStatement("CREATE TABLE t (a int)"),
                PostgresStatement(
                    """
                    SELECT current_setting('statement_timeout') AS work, current_setting('lock_timeout') AS wait,
                    current_setting('application_name') AS name
                    """),
            ])
            #expect(throws: PostgresError.self) { try answers[2].get() }
            if case .failure(let error) = answers[2] { #expect(error.sqlState == "25006") }
            #expect(try answers[3].get().rows == [["2s", "50ms", "opsctl-probe"]])
        }
    }

    @Test func oneStatementThatFailsTakesNoOtherWithIt() async throws {
        try await withPostgres { database in
            let connection = try await PostgresConnection.open(
                PostgresURL(database.url(.probe)), applicationName: "test", timeout: .seconds(10))
            let before = try #require(connection.roundTrips)
            let answers = try await connection.pipeline([
                PostgresStatement("SELECT 1/0"), PostgresStatement("SELECT $1::int + 1 AS two", ["1"]),
                PostgresStatement("SELECT * FROM absent"), PostgresStatement("SELECT repeat('x', 1000000) AS big"),
            ])
            func state(_ answer: Result<PostgresRows, PostgresError>) -> String? {
                if case .failure(let error) = answer { error.sqlState } else { nil }
            }
            #expect(answers.map(state) == ["22012", nil, "42P01", nil])
            #expect(try answers[1].get().value("two") == "2")
            #expect(try answers[3].get().value("big")?.count == 1_000_000)
            #expect(connection.roundTrips == before + 1)
            #expect(try await connection.query("SELECT 3 AS three").value("three") == "3")
        }
    }

    @Test func aFlightThatEndsHalfWayKeepsWhatWasAnswered() async throws {
        try await withPostgres { database in
            let connection = try await PostgresConnection.open(
                PostgresURL(database.url(.superuser)), applicationName: "test", timeout: .seconds(10))
            let answers = try await connection.pipeline([
                PostgresStatement("SELECT 1 AS one"),
                PostgresStatement("SELECT pg_terminate_backend(pg_backend_pid())"),
                PostgresStatement("SELECT 2"),
            ])
            #expect(try answers[0].get().value("one") == "1")
            #expect(throws: PostgresError.self) { try answers[1].get() }
            #expect(throws: PostgresError.self) { try answers[2].get() }
            #expect(!connection.isUsable)
            let slow = try await PostgresConnection.open(
                PostgresURL(database.url(.probe)), applicationName: "test", timeout: .seconds(10))
            let late = try await slow.pipeline(
                [PostgresStatement("SELECT 1 AS one"), PostgresStatement("SELECT pg_sleep(60)")],
                timeout: .milliseconds(300))
            #expect(try late[0].get().value("one") == "1")
            #expect(throws: PostgresError.timedOut(server: slow.url.endpoint, phase: "query")) { try late[1].get() }
        }
    }
}
