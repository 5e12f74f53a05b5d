import Deploy
import Foundation
import OpsModel
import ProcessClient
import Synchronization
import TestSupport
import Testing

/// `opsctl deploy run` is killed with SIGKILL at every intent, at every result and in every window of a write, and what comes after
/// brings it to an end without a lost request.
@Suite(.enabled(if: Requirement.haproxy.isMet, "HAProxy is not installed")) struct KilledDeployerTests {
    enum Recovery: String, CaseIterable, Sendable { case resume, rollback, watchdog }

    struct Point: Sendable {
        let failpoint: String
        /// `good`, or `wrong` for a release that is taken back.
        let mode: String
        /// Whether a watchdog watches over the deploy there.
        let isArmed: Bool
    }

    private static let forward = [
        "preflight", "migrate", "provision", "health", "smoke", "warm", "rehearse", "arm", "shift_1", "analyse_1",
        "shift_2", "bake", "commit", "drain", "retire",
    ]
    private static let back = ["verify", "pin", "route_back", "verify_route", "capture", "drain", "stop"]
    private static let windows = ["prepared", "filled", "confirmed", "committed"]

    /// The third write is that of the first share, after taking the route and its rehearsal; the fourth is the cutover, or the way back.
    static var points: [Point] {
        var points: [Point] = []
        for (index, step) in forward.enumerated() {
            // The watchdog is started by `arm` and has nothing more to do once `commit` is done.
            points.append(Point(failpoint: "intent:\(step)", mode: "good", isArmed: (8...12).contains(index)))
            points.append(Point(failpoint: "done:\(step)", mode: "good", isArmed: (7...11).contains(index)))
        }
        for step in back {
            points.append(Point(failpoint: "intent:\(step)", mode: "wrong", isArmed: true))
            points.append(Point(failpoint: "done:\(step)", mode: "wrong", isArmed: true))
        }
        for window in windows {
            points.append(Point(failpoint: "router:\(window)#3", mode: "good", isArmed: true))
            points.append(Point(failpoint: "router:\(window)#4", mode: "good", isArmed: true))
            points.append(Point(failpoint: "router:\(window)#4", mode: "wrong", isArmed: true))
        }
        return points
    }

    /// Every point with every way of recovery takes minutes: each point takes its turn with one of them unless all are wanted.
    private static var isWhole: Bool { ProcessInfo.processInfo.environment["OPSCTL_TEST_EVERY_KILL"] != nil }

    private static func points(for recovery: Recovery) -> [Point] {
        let turn = Recovery.allCases.firstIndex(of: recovery) ?? 0
        let mine = points.enumerated().filter { isWhole || $0.offset % 3 == turn }.map(\.element)
        return recovery == .watchdog ? mine.filter(\.isArmed) : mine
    }

    @Test func aDeployerThatIsKilledAnywhereLeavesADeployThatComesToItsEndWithoutALostRequest() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for recovery in Recovery.allCases {
                group.addTask {
                    let (count, requests) = try await Self.walk(recovery)
                    print("killed at \(count) points, then \(recovery.rawValue): \(requests) requests, 0 lost")
                }
            }
            try await group.waitForAll()
        }
    }

    private static func walk(_ recovery: Recovery) async throws -> (points: Int, requests: Int) {
        let requests = Mutex(0)
        let points = points(for: recovery)
        try await DeployLane.run { lane in
            let first = try await lane.deploy("run", "--release", "first")
            #expect(first.status == 0, "\(first.errors)")
            try await lane.clients.asking {
                for (index, point) in points.enumerated() {
                    try await kill(lane, at: point, then: recovery, release: "r\(index)")
                }
            }
            let total = lane.clients.total
            #expect(total.lost.isEmpty, "\(recovery): \(total.lost.prefix(5))")
            #expect(total.requests > points.count * 20)
            requests.withLock { $0 = total.requests }
        }
        return (points.count, requests.withLock { $0 })
    }

    private static func kill(
        _ lane: DeployLane, at point: Point, then recovery: Recovery, release: String
    ) async throws {
        let what = "\(recovery.rawValue) after \(point.failpoint) of a \(point.mode) release"
        let killed = try await lane.deploy(
            "run", "--release", release, mode: point.mode, failpoint: "kill@\(point.failpoint)")
        #expect(
            killed.status == 128 + SIGKILL || killed.status == -SIGKILL, "\(what): \(killed.status) \(killed.errors)")
        switch recovery {
        case .watchdog: try await lane.untilClosed()
        case .resume:
            let resumed = try await lane.deploy("resume", mode: point.mode)
            #expect(resumed.status == (point.mode == "good" ? 0 : 1), "\(what): \(resumed.status) \(resumed.errors)")
        case .rollback:
            let back = try await lane.deploy("rollback")
            #expect(back.status == 0, "\(what): \(back.status) \(back.errors)")
        }
        try await lane.checkInvariants(what)
    }
}
