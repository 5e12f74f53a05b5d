import Deploy
import Foundation
import HAProxyClient
import HTTPClient
import LocalServices
import OpsModel
import ProcessClient
import TestSupport
import Testing

/// What a bad release costs for real: a service with the latency of a service, about 500 requests a second, HAProxy, the built `opsctl`.
@Suite(.enabled(if: Requirement(all: [.haproxy, Requirement("wrk")]).isMet, "HAProxy or wrk is not installed"))
struct DeployDetectionTests {
    /// On an idle machine the verdict is there within three seconds of evidence (docs/deploy-figures.md); one that runs other tests
    /// beside this one answers fewer requests a second, and so it takes longer.
    private static let patience = Duration.seconds(10)

    @Test func aReleaseThatFailsOneRequestIn20IsTakenBackByItself() async throws {
        try await Self.afterFirstRelease { lane in
            let (report, status, load) = try await Self.deploy("flaky", connections: 12, on: lane)
            #expect(status == 1)
            #expect(report.outcome == .rolledBack, "\(report.steps)")
            let bake = try #require(report.steps.first { $0.step == "bake" })
            #expect(bake.event == "judged_fail")
            #expect(Self.timeToVerdict(report) <= Self.patience)
            #expect(try await lane.router.route().live == report.baseline)
            #expect(load.lost == [])
            #expect(report.receipt.candidate?.errors ?? 0 > 0)
            Self.tell("5 % errors", report, load)
        }
    }

    /// Latency is judged after the five seconds in which caches may fill (docs/analysis.md).
    @Test func aReleaseThatIsSlowerByHalfIsTakenBackByItself() async throws {
        try await Self.afterFirstRelease { lane in
            let (report, status, load) = try await Self.deploy("slow", connections: 18, on: lane)
            #expect(status == 1)
            #expect(report.outcome == .rolledBack, "\(report.steps)")
            let bake = try #require(report.steps.first { $0.step == "bake" })
            #expect(bake.event == "judged_fail")
            #expect(Self.timeToVerdict(report) <= .seconds(5) + Self.patience)
            #expect(try await lane.router.route().live == report.baseline)
            #expect(load.lost == [])
            #expect(load.errors == 0)
            Self.tell("50 % slower", report, load)
        }
    }

    @Test func anEqualReleaseIsPromoted() async throws {
        try await Self.afterFirstRelease { lane in
            try lane.rewrite("duration: 20s", "duration: 8s")
            let (report, status, load) = try await Self.deploy("steady", connections: 12, on: lane)
            #expect(status == 0)
            #expect(report.outcome == .promoted, "\(report.steps)")
            #expect(try await lane.router.route().live == report.candidate)
            #expect(load.lost == [])
            #expect(load.errors == 0)
            Self.tell("equal", report, load)
        }
    }

    @Test func twentyCutoversUnderLoadLoseNothing() async throws {
        try await DeployLane.run(deploy: "bake: {duration: 100ms, interval: 50ms, minimum_requests: 0}") { lane in
            #expect(try await lane.deploy("run", "--release", "first").status == 0)
            let before = try await lane.router.counters()
            try await lane.clients.asking {
                for round in 0..<10 {
                    let forward = try await lane.deploy("run", "--release", "r\(round)")
                    #expect(forward.status == 0, "\(forward.errors)")
                    let back = try await lane.deploy("rollback")
                    #expect(back.status == 0, "\(back.errors)")
                }
            }
            let after = try await lane.router.counters()
            let clients = lane.clients.total
            #expect(clients.lost == [])
            #expect(clients.errors == 0)
            #expect(clients.requests > 1000)
            var answered = 0
            for slot in Slot.allCases {
                let tally = SlotTally(from: try #require(before[slot]), to: try #require(after[slot]))
                #expect(tally.lost == 0, "\(slot.rawValue): \(tally)")
                #expect(tally.errors == 0, "\(slot.rawValue): \(tally)")
                answered += tally.requests
            }
            // opsctl's own requests come on top.
            #expect(answered >= clients.requests)
            print("20 cutovers: \(clients.requests) requests by clients, \(answered) at the router, 0 lost by both")
        }
    }

    /// A first release that is fine and promoted without traffic; whatever comes after it is judged.
    private static func afterFirstRelease(_ body: (DeployLane) async throws -> Void) async throws {
        let deploy = """
            bake: {duration: 100ms, interval: 50ms, minimum_requests: 0}
            analysis: {latency_sample: 300}
            warm_up: {paths: [/warm], rounds: 40}
            """
        try await DeployLane.run(deploy: deploy, logsLatency: true) { lane in
            let first = try await lane.deploy("run", "--release", "first", mode: "steady")
            #expect(first.status == 0, "\(first.errors)")
            try lane.rewrite("duration: 100ms, interval: 50ms, minimum_requests: 0", "duration: 20s, interval: 100ms")
            try await body(lane)
        }
    }

    /// What wrk saw. It has as many requests under way as it has connections, so their number and the service's delay make its rate.
    private struct Load {
        var rate = 0.0
        var errors = 0
        /// wrk's lines about connections.
        var lost: [String] = []
    }

    private static func deploy(
        _ mode: String, connections: Int, on lane: DeployLane
    ) async throws -> (report: DeployReport, status: Int32, load: Load) {
        let log = "\(lane.folder)/wrk.log"
        let wrk = try DetachedProcess.start(
            executable: "wrk", arguments: ["-t1", "-c\(connections)", "-d300s", "\(lane.proxy.address)/"],
            environment: nil, folder: lane.folder, log: log)
        return try await withCleanup {
            let result = try await lane.deploy("run", "--release", mode, "--format", "json", mode: mode)
            _ = try await wrk.stop(gracePeriod: .seconds(5), signal: SIGINT)
            let report = try JSONDecoder().decode(DeployReport.self, from: Data(result.output.utf8))
            return (report, result.status, try read(log))
        } cleanup: {
            _ = try await wrk.stop(gracePeriod: .seconds(5), signal: SIGINT)
        }
    }

    private static func read(_ log: String) throws -> Load {
        let text = try String(contentsOfFile: log, encoding: .utf8)
        let rate = text.firstMatch(of: #/Requests/sec:\s+([0-9.]+)/#).flatMap { Double($0.1) }
        let errors = text.firstMatch(of: #/Non-2xx or 3xx responses: (\d+)/#).flatMap { Int($0.1) }
        let lost = text.split(separator: "\n").filter { $0.contains("Socket errors") }.map(String.init)
        return Load(rate: try #require(rate, "\(text)"), errors: errors ?? 0, lost: lost)
    }

    /// From the cutover's beginning, so more than from its effect.
    private static func timeToVerdict(_ report: DeployReport) -> Duration {
        let steps = report.steps.filter { ["shift_1", "bake"].contains($0.step) }
        return .milliseconds(steps.map(\.elapsedMilliseconds).reduce(0, +))
    }

    private static func tell(_ what: String, _ report: DeployReport, _ load: Load) {
        let bake = report.steps.first { $0.step == "bake" }
        print(
            "\(what): \(report.outcome.rawValue) \(timeToVerdict(report).text) after the cutover at",
            "\(Int(load.rate)) requests/s; bake \(bake?.elapsedMilliseconds ?? 0) ms: \(bake?.detail ?? "-")")
    }
}
