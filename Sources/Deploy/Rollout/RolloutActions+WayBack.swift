import Disk
import Foundation
import HTTPClient
import Ledger
import OpsModel

/// The way back, proved before it is taken.
extension RolloutActions {
    func verify(_ slot: Slot) async throws -> ActionResult {
        let state = try await stage.runner.state(of: slot)
        if state.isRunning {
            guard state.release == plan.baselineRelease else {
                return ActionResult(
                    .judged(.fail),
                    "\(slot.rawValue) runs release \(state.release?.name ?? "?"), not \(plan.baselineRelease?.name ?? "?")"
                )
            }
            return try await health(of: slot)
        }
        guard let baseline = plan.baseline else {
            return ActionResult(
                .judged(.fail), "the baseline has ended and its configuration has changed: it cannot be started again")
        }
        try await stage.runner.start(baseline, in: slot)
        return try await health(of: slot)
    }

    /// Starts a baseline that was lost; nothing is shifted meanwhile.
    func revive(_ slot: Slot) async throws -> ActionResult {
        let state = try await stage.runner.state(of: slot)
        // What runs and is not well gets no better by waiting, and stopping it could cut the last way.
        let verified = state.isRunning ? try await health(of: slot) : try await verify(slot)
        return verified.event == .judged(.pass)
            ? ActionResult(.done, "\(slot.rawValue) is back: \(verified.detail)")
            : ActionResult(.failed, "\(slot.rawValue) could not be brought back: \(verified.detail)")
    }

    func pin(_ slot: Slot) async throws -> ActionResult {
        try await stage.router.pin(Route(live: slot, epoch: lease.epoch))
        let release = try await stage.runner.state(of: slot).release
        if let release, let stable = try await recordedStable(), stable.slot != slot {
            try await journal.stable(
                .init(environment: stage.settings.environment, slot: slot, release: release), under: lease)
        }
        return ActionResult(.done, "a restarted router begins with \(slot.rawValue)")
    }

    func verifyRoute(_ slot: Slot) async throws -> ActionResult {
        let route = try await stage.router.route()
        guard route.share(of: slot) == Route.all else {
            return ActionResult(.judged(.fail), "the route is \(route.text)")
        }
        let url = stage.router.frontend.url + stage.settings.health.path
        for _ in 0..<3 {
            let response = try await stage.http.send(HTTPRequest("GET", url, timeout: .seconds(5)))
            let answerer = response.header(RouterFrontend.slotHeader)
            guard answerer == slot.rawValue else {
                return ActionResult(.judged(.fail), "\(answerer ?? "nobody") answered with status \(response.status)")
            }
        }
        return ActionResult(.judged(.pass), "3 requests were answered by \(slot.rawValue)")
    }

    /// Keeps what the candidate said, before it is stopped.
    func capture(_ slot: Slot) async throws -> ActionResult {
        let lines = try await stage.runner.lastLines(of: slot, 200)
        guard !lines.isEmpty else { return ActionResult(.done, "\(slot.rawValue) has said nothing") }
        guard let folder = stage.evidenceFolder else { return ActionResult(.done, "its log stays where it is") }
        let path = "\(folder)/\(journal.deployID)-\(slot.rawValue).log"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try DurableFile.write(lines + "\n", to: path)
        return ActionResult(.done, "its last lines are in \(path)")
    }
}
