import Deploy
import Foundation
import OpsModel
import ProcessClient
import TestSupport
import Testing

/// A deployer that is stopped in the middle of a write, taken for dead, and wakes up again.
@Suite(.enabled(if: Requirement.haproxy.isMet, "HAProxy is not installed")) struct ZombieDeployerTests {
    @Test(arguments: ["prepared", "filled", "confirmed", "committed"])
    func aDeployerThatWakesUpInTheMiddleOfAWriteCannotMoveTraffic(_ window: String) async throws {
        try await DeployLane.run { lane in
            #expect(try await lane.deploy("run", "--release", "first").status == 0)
            try await lane.clients.asking {
                // The first share, and the cutover.
                for write in [3, 4] { try await wake(lane, "router:\(window)#\(write)") }
            }
            let total = lane.clients.total
            #expect(total.lost.isEmpty, "\(total.lost.prefix(5))")
        }
    }

    private func wake(_ lane: DeployLane, _ point: String) async throws {
        let log = "\(lane.folder)/zombie.log"
        let before = try await lane.router.route().live
        let zombie = try DetachedProcess.start(
            executable: "\(try Program.folder)/opsctl",
            arguments: ["deploy", "run", "--release", point.filter(\.isLetter)],
            environment: [
                "MODE": "good", "HOME": lane.folder, "PATH": "/usr/bin:/bin:/usr/sbin:/sbin",
                "OPSCTL_FAILPOINT": "stop@\(point)",
            ], folder: lane.folder, log: log)
        // Nobody ends it: its watchdog sees no sign of life, takes the lease from it and goes back.
        try await lane.untilBegun()
        try await lane.untilClosed()
        let route = try await lane.router.route()
        #expect(route.live == before && route.share == 0, "\(point): \(route.text)")
        #expect(try zombie.isRunning, "\(point): it did not stop there")
        _ = try zombie.signal(SIGCONT)
        #expect(try await zombie.waitForExit(atMost: .seconds(30)), "\(point): it does not end")
        let words = try String(contentsOfFile: log, encoding: .utf8)
        #expect(words.contains("indeterminate") || words.contains("rolled_back"), "\(point): \(words)")
        #expect(try await lane.router.route() == route, "\(point): a fenced deployer has written the route")
        try await lane.checkInvariants(point)
    }
}
