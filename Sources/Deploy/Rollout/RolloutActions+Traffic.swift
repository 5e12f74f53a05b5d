import Ledger
import OpsModel

/// Moving the traffic, watching it, and making it last.
extension RolloutActions {
    /// Writes the route; when the answer is lost, what is in force decides.
    func route(to slot: Slot) async -> ActionResult {
        let route = Route(live: slot, epoch: lease.epoch)
        do {
            // The way back must not depend on statistics.
            if slot == plan.machine.candidate {
                countersBefore.set(try await stage.router.counters()[slot] ?? SlotCounters())
            }
            let start = ContinuousClock.now
            try await stage.router.commit(route) { try await stage.ledger.confirm(lease) }
            return ActionResult(.done, "\(slot.rawValue) has the traffic after \((ContinuousClock.now - start).text)")
        } catch let error as RouterError {
            switch error {
            case .fenced, .notTaken:
                return ActionResult(.indeterminate, "\(error.diagnostic.what): \(error.diagnostic.why)")
            case .refused, .unreadable, .uncounted:
                return ActionResult(.failed, "\(error.diagnostic.what): \(error.diagnostic.why)")
            }
        } catch let error as LedgerError {
            return ActionResult(.indeterminate, error.diagnostic.why)
        } catch {
            return await resolve(route, after: error)
        }
    }

    func resolve(_ wanted: Route, after error: any Error) async -> ActionResult {
        var why = (error as? any DiagnosableError)?.diagnostic.why ?? "\(error)"
        for _ in 0..<20 {
            do {
                let found = try await stage.router.route()
                return found.live == wanted.live
                    ? ActionResult(.done, "\(wanted.live.rawValue) has the traffic (read back after: \(why))")
                    : ActionResult(.failed, "traffic is unchanged: \(why)")
            } catch let unreadable as any DiagnosableError {
                why = unreadable.diagnostic.why
            } catch {
                why = "\(error)"
            }
            do { try await stage.clock.sleep(for: .milliseconds(500)) } catch { break }
        }
        return ActionResult(.indeterminate, "the router does not say who has the traffic: \(why)")
    }

    func bake(_ slot: Slot) async throws -> ActionResult {
        let incarnation = try await stage.router.incarnation()
        let deadline = ContinuousClock.now + stage.settings.bake.duration
        var readings: [SlotTally] = []
        var unhealthy = 0
        var lastSight = ContinuousClock.now
        while true {
            try await stage.clock.sleep(for: stage.settings.bake.interval)
            if let end = try await judgeSlot(slot, unhealthy: &unhealthy) { return end }
            do {
                if let change = try await foreignChange(slot, incarnation) { return change }
                let now = try await stage.router.counters()[slot] ?? SlotCounters()
                readings.append(SlotTally(from: countersBefore.value, to: now))
                lastSight = .now
            } catch let error as any DiagnosableError {
                // A router that does not answer is not a sick release: look on, but not for ever.
                guard ContinuousClock.now - lastSight > Self.maximumBlindness else { continue }
                return ActionResult(.judged(.inconclusive), "\(error.diagnostic.what): \(error.diagnostic.why)")
            }
            let opinion = BakeJudge(stage.settings.bake).judge(readings, isOver: ContinuousClock.now >= deadline)
            if case .over(let verdict, let why) = opinion { return ActionResult(.judged(verdict), why) }
        }
    }

    /// How long a bake may go on without an answer of the router.
    static let maximumBlindness = Duration.seconds(30)

    /// What the slot itself shows: an ended process, or three looks in a row without health, decide.
    private func judgeSlot(_ slot: Slot, unhealthy: inout Int) async throws -> ActionResult? {
        guard try await stage.runner.state(of: slot).isRunning else {
            return ActionResult(.judged(.fail), "the process has ended")
        }
        let health = try await SlotHealth(stage: stage).look(slot)
        unhealthy = health == "200" ? 0 : unhealthy + 1
        return unhealthy < 3 ? nil : ActionResult(.judged(.fail), "\(stage.settings.health.path) answered \(health)")
    }

    /// A restarted router has read its route from disk again; a route that is not ours was written by somebody else.
    func foreignChange(_ slot: Slot, _ incarnation: RouterIncarnation) async throws -> ActionResult? {
        guard try await stage.router.incarnation() == incarnation else {
            return ActionResult(.judged(.inconclusive), "the router was restarted, its counts are gone")
        }
        let route = try await stage.router.route()
        guard route == Route(live: slot, epoch: lease.epoch) else {
            return ActionResult(
                .indeterminate,
                "somebody else routed to \(route.live.rawValue) (epoch \(route.epoch), ours is \(lease.epoch))")
        }
        return nil
    }

    func commit(_ slot: Slot) async throws -> ActionResult {
        guard let candidate else { return ActionResult(.failed, "no release to commit") }
        try await stage.ledger.confirm(lease)
        try await stage.router.pin(Route(live: slot, epoch: lease.epoch))
        try await journal.stable(.init(environment: stage.settings.environment, slot: slot, release: candidate.release))
        return ActionResult(.done, "release \(candidate.release.name) in \(slot.rawValue) is the stable one")
    }
}
