import Foundation
import OpsModel
import Testing

@testable import Probes

@Suite struct HTTPSelfTestTests {
    private static let kinds: [any ProbeSubject.Type] = [
        HTTPSubject.self, TLSSubject.self, TCPSubject.self, DNSSubject.self, SSESubject.self,
    ]

    @Test func everyCheckOfTheNetworkKindsIsProven() {
        for kind in Self.kinds {
            for result in selfTestResults(of: kind) {
                #expect(result.isProven, "\(result.check): \(result.detail)")
            }
        }
    }

    @Test func everyCheckHasAtLeastOneFlaw() {
        for kind in Self.kinds {
            for check in kind.checks { #expect(!flaws(noticedBy: check.name, of: kind).isEmpty, "\(check.name)") }
        }
    }

    @Test func snapshotsAndExpectationsSurviveBeingSaved() throws {
        for kind in Self.kinds { try expectRoundTrip(kind) }
    }

    private func expectRoundTrip<Subject: ProbeSubject>(_ kind: Subject.Type) throws {
        let test = try #require(Subject.selfTest)
        let snapshot = try canonicalJSON(test.healthy)
        let expectation = try canonicalJSON(test.expectation)
        #expect(try canonicalJSON(decodeCanonicalJSON(Subject.Snapshot.self, from: snapshot)) == snapshot)
        #expect(try canonicalJSON(decodeCanonicalJSON(Subject.Expectation.self, from: expectation)) == expectation)
    }
}
