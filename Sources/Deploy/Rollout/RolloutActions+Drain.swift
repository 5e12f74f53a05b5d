import OpsModel

/// Letting a slot that has lost the traffic finish and end.
extension RolloutActions {
    func drain(_ slot: Slot) async throws -> ActionResult {
        let deadline = ContinuousClock.now + stage.settings.drainDeadline
        let start = ContinuousClock.now
        var quiet = 0
        var left = 0
        var unseen: String?
        while ContinuousClock.now < deadline {
            do {
                left = try await stage.router.counters()[slot]?.inFlight ?? 0
                quiet = left == 0 ? quiet + 1 : 0
            } catch RouterError.uncounted {
                try await stage.clock.sleep(for: stage.settings.drainDeadline)
                return ActionResult(.done, "waited for \(stage.settings.drainDeadline.text), requests are not counted")
            } catch let error as any DiagnosableError {
                // Nobody knows what is under way: it gets all of its time.
                (quiet, unseen) = (0, error.diagnostic.why)
            }
            if quiet >= 2 {
                return ActionResult(.done, "no request under way after \((ContinuousClock.now - start).text)")
            }
            try await stage.clock.sleep(for: .milliseconds(50))
        }
        if let unseen { return ActionResult(.failed, "nobody could tell what is under way: \(unseen)") }
        return ActionResult(.failed, "\(left) requests still under way after \(stage.settings.drainDeadline.text)")
    }

    func retire(_ slot: Slot) async throws -> ActionResult {
        if stage.settings.keepsWarm { return ActionResult(.done, "kept warm for a rollback") }
        return try await stop(slot)
    }

    func stop(_ slot: Slot) async throws -> ActionResult {
        let route = try await stage.router.route()
        guard route.share(of: slot) == 0 else {
            return ActionResult(.indeterminate, "the route is \(route.text): \(slot.rawValue) is not stopped")
        }
        try await fenceOfRetreat()
        try await stage.runner.stop(slot)
        return ActionResult(.done, "stopped")
    }
}
