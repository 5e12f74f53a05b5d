import LocalServices
import OpsModel
import PostgresClient
@testable import Probes
import TestSupport
import Testing

@Suite(.enabled(if: Requirement.postgres.isMet, "PostgreSQL is not installed")) struct PostgresRoundTripTests {
    @Test func aCompleteSweepWithCanaryTakesSevenRoundTripsAtMost() async throws {
        try await withPostgres { database in
            let run = try await examine(database.url(.probe), canary: true) { $0.appRole = "app" }
            print(
                "TRIPS", run.report.targets.first?.roundTrips ?? -1, run.report.targets.first?.elapsedMilliseconds ?? -1
            )
            #expect(try #require(run.report.targets.first?.roundTrips) <= 7)
        }
    }
}
