import Foundation
import LocalServices
import OpsModel
import PostgresClient
@testable import Probes
import TestSupport
import Testing

@Suite struct PostgresSelfTestTests {
    @Test(arguments: ["postgres", "pgbouncer"])
    func everyCheckPassesAHealthyServerAndNoticesItsFlaws(_ kind: String) {
        let results = runSelfTest().filter { $0.check.hasPrefix("\(kind).") }
        #expect(!results.isEmpty)
        for result in results { #expect(result.isProven, "\(result.check): \(result.detail)") }
    }

    @Test func everyFailureAndUnknownHasAFixAndNoneIsEmpty() throws {
        let test = try #require(PostgresSubject.selfTest)
        for flaw in test.flaws {
            var (snapshot, expectation) = (test.healthy, test.expectation)
            flaw.apply(&snapshot, &expectation)
            for check in PostgresSubject.results(of: snapshot, expectation, target: "t")
            where [.fail, .warn, .unknown].contains(check.status) {
                #expect(check.fix?.isEmpty == false, "\(check)")
                #expect(check.reason != nil && check.reason != .internalError, "\(check)")
            }
        }
    }

    @Test func aSnapshotComesBackFromJSONAsItWas() throws {
        let test = try #require(PostgresSubject.selfTest)
        #expect(try reread(test.healthy) == test.healthy)
        let pooler = try #require(PgBouncerSubject.selfTest)
        #expect(try reread(pooler.healthy) == pooler.healthy)
    }

    @Test(.enabled(if: Requirement.postgres.isMet, "PostgreSQL is not installed"))
    func aSavedRunHoldsNoPasswordAndIsJudgedTheSame() async throws {
        try await withPostgres { database in
            let run = try await examine(database.url(.probe), canary: true) {
                $0.replicaURL = try PostgresURL(database.url(.probe))
            }
            let text = String(decoding: try canonicalJSON(run.saved), as: UTF8.self)
            #expect(!text.contains(database.cluster.password(of: .probe).reveal()))
            #expect(try reread(run.saved).judged().checks == run.report.checks)
        }
    }

    @Test(arguments: [
        ("15.20", "15.9", true), ("15.9", "15.20", false), ("16", "15.9", true), ("17beta1", "17", true),
        ("15.20", "16", false),
    ])
    func versionsAreComparedByNumber(_ version: String, _ minimum: String, _ isEnough: Bool) {
        #expect(isVersion(version, atLeast: minimum) == isEnough)
    }

    @Test func identifiersAreQuoted() {
        #expect(quotedPath("public.a\"b") == "\"public\".\"a\"\"b\"")
        #expect(arrayLiteral(["a\"b", "c\\d"]) == "{\"a\\\"b\",\"c\\\\d\"}")
    }

    @Test func walFilesFollowEachOtherAcrossTheirSegments() {
        let last = WALFile("0000000100000003000000FF", segmentSize: 16_777_216)
        #expect(last?.number == 0x3FF)
        #expect(WALFile("000000020000000400000000", segmentSize: 16_777_216)?.number == 0x400)
        #expect(WALFile("000000010000000000000002.00000028.backup", segmentSize: 16_777_216)?.number == 2)
        #expect(WALFile("00000002.history", segmentSize: 16_777_216) == nil)
        #expect(walPosition("1/0") == 0x1_0000_0000)
    }
}

/// A value as it comes back from a file.
private func reread<Value: Codable>(_ value: Value) throws -> Value {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .custom { decoder in
        try Date(
            decoder.singleValueContainer().decode(String.self),
            strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
    return try decoder.decode(Value.self, from: canonicalJSON(value))
}
