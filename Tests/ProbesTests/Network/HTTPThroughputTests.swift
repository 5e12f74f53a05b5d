import Foundation
import OpsModel
import ProcessClient
import TestSupport
import Testing

@testable import Probes

/// Many targets in one run must not wait for each other.
@Suite(.enabled(if: Requirement("haproxy").isMet, "haproxy is not installed")) struct HTTPThroughputTests {
    private func target(_ index: Int, _ url: String, _ timeout: Duration, _ authority: String? = nil) -> ProbeTarget {
        let expectation = HTTPExpectation(url: url, answer: HTTPAnswerExpectation(), authorityFile: authority)
        return ProbeTarget(
            name: "web\(index)", subject: HTTPSubject(url: Secret(url), expectation), timeout: timeout,
            plan: CheckPlan(profile: .deployGate))
    }

    @Test func twoHundredTargetsAreLookedAtTogether() async throws {
        try await TLSServers.run { servers in
            let plain = (0..<200).map { target($0, "http://127.0.0.1:\(servers.port(.plain))/\($0)", .seconds(5)) }
            let report = await ProbeRun(environment: "test", targets: plain).once()
            #expect(report.verdict == .pass)
            #expect(report.elapsedMilliseconds < 5000)
            let secure = (0..<200).map {
                target($0, "https://127.0.0.1:\(servers.port(.good))/\($0)", .seconds(5), servers.authority)
            }
            let other = await ProbeRun(environment: "test", targets: secure).once()
            #expect(other.verdict == .pass)
            #expect(other.elapsedMilliseconds < 5000)
        }
    }

    /// Reading all the system's roots for each connection took 7.5 s here, and a third of the targets timed out.
    @Test func theRootsOfTheSystemCostNoTimeouts() async throws {
        try await TLSServers.run { servers in
            let targets = (0..<200).map { target($0, "https://127.0.0.1:\(servers.port(.good))/", .seconds(5)) }
            let report = await ProbeRun(environment: "test", targets: targets).once()
            let reasons = report.targets.map { $0.checks[0].reason }
            #expect(reasons.allSatisfy { $0 == .certificate })
            #expect(report.elapsedMilliseconds < 5000)
        }
    }

    /// A hundred black holes must neither delay the others nor make them time out.
    @Test func silentTargetsDoNotStarveTheOthers() async throws {
        let silent = try SilentListener()
        try await TLSServers.run { servers in
            let holes = (0..<100).map { target($0, "http://127.0.0.1:\(silent.port)/", .seconds(1)) }
            let good = (100..<150).map { target($0, "http://127.0.0.1:\(servers.port(.plain))/", .seconds(1)) }
            let report = await ProbeRun(environment: "test", targets: holes + good).once()
            let slow = report.targets.suffix(50).flatMap(\.checks).filter { ![.pass, .skipped].contains($0.status) }
            #expect(slow.isEmpty, "\(slow.prefix(3))")
        }
    }
}
