import Foundation
import OpsModel
@testable import Probes
import Testing

@Suite struct SelfTestTests {
    static let kinds = ["bucket", "redis", "sentinel", "redis_cluster"]

    @Test(arguments: kinds) func everyCheckNoticesEveryFlawMadeForIt(_ kind: String) {
        let results = runSelfTest().filter { $0.check.hasPrefix("\(kind).") }
        #expect(!results.isEmpty)
        for result in results { #expect(result.isProven, "\(result.check): \(result.detail)") }
    }

    @Test(arguments: kinds) func aSnapshotIsJudgedTheSameAfterItWasWritten(_ kind: String) throws {
        let subject = try #require(probeKinds.first { $0.kind == kind })
        try expectSameJudgement(subject)
    }

    private func expectSameJudgement<Subject: ProbeSubject>(_ subject: Subject.Type) throws {
        let test = try #require(subject.selfTest)
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let text = try decoder.singleValueContainer().decode(String.self)
            return try Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(text)
        }
        for flaw in [nil] + test.flaws.map(Optional.some) {
            var (snapshot, expectation) = (test.healthy, test.expectation)
            flaw?.apply(&snapshot, &expectation)
            let again = (
                try decoder.decode(Subject.Snapshot.self, from: canonicalJSON(snapshot)),
                try decoder.decode(Subject.Expectation.self, from: canonicalJSON(expectation))
            )
            #expect(
                subject.results(of: again.0, again.1, target: "t")
                    == subject.results(of: snapshot, expectation, target: "t"), "\(flaw?.what ?? "healthy")")
        }
    }
}
