import Ledger
import OpsModel
import Statistics

/// Moving the traffic, and making it last.
extension RolloutActions {
    /// Gives the candidate its next share; with the last one it has all of the traffic.
    func shift(_ index: Int) async -> ActionResult {
        guard memory.read({ $0.snapshot }) != nil else {
            let deadline = stage.settings.routerDeadline.text
            return ActionResult(
                index == 0 ? .abort : .failed, "the router did not answer for \(deadline): nothing was written")
        }
        let before = machine.route(share: machine.course.share(before: index), epoch: lease.epoch)
        let after = machine.route(share: machine.course.shares[index], epoch: lease.epoch)
        let result = await write(after, before: before, awaiting: machine.candidate)
        guard result.event == .done else { return result }
        latency?.beginWindow(keepsReference: index == 0)
        do {
            let restarts = try await stage.runner.state(of: machine.candidate).restarts
            memory.change { $0.restarts = restarts }
        } catch {
            // The watch looks for itself; what it cannot see it does not judge.
            memory.change { $0.restarts = 0 }
        }
        memory.begin(
            stage.settings.step(index, of: machine.course), stage.settings.analysis, baseline: machine.candidate.other,
            latency: latency?.frozen.reference ?? OrderedCounts())
        return result
    }

    /// Back to the baseline, whatever the route was, also where it cannot be told; tried until the router's deadline.
    func routeBack(to slot: Slot) async -> ActionResult {
        let deadline = ContinuousClock.now + stage.settings.routerDeadline
        while true {
            let result = await write(Route(live: slot, epoch: lease.epoch), before: nil, awaiting: slot)
            guard result.event == .failed, ContinuousClock.now < deadline else { return result }
            _ = await Task { try await stage.clock.sleep(for: .milliseconds(250)) }.result
        }
    }

    /// What must hold for a side effect on the way back: nobody else has the lease. A store that does not answer does not hold it up:
    /// then the router must not have seen a newer epoch, and refuses what was prepared before one.
    /// - Throws: `LedgerError.leaseLost`.
    func fenceOfRetreat() async throws {
        do { try await stage.ledger.confirm(lease) } catch let error as LedgerError { throw error } catch {
            guard try await stage.router.route().epoch <= lease.epoch else {
                throw LedgerError.leaseLost(name: lease.name, epoch: lease.epoch)
            }
        }
    }

    /// Writes a route beside requests of our own; when the answer is lost, what is in force decides.
    private func write(_ route: Route, before: Route?, awaiting slot: Slot) async -> ActionResult {
        let probe = ClientProbe(
            http: stage.http, url: stage.router.frontend.url + stage.settings.health.path, clock: stage.clock)
        let start = ContinuousClock.now
        let (written, sight) = await probe.during(awaiting: slot) {
            let result = await commit(route, before: before)
            return (result: result, elapsed: ContinuousClock.now - start)
        }
        note(route, written.elapsed, sight, isTaken: written.result.event == .done)
        return written.result
    }

    private func note(_ route: Route, _ elapsed: Duration, _ sight: ClientProbe.Sight, isTaken: Bool) {
        memory.change { content in
            content.probes = sight.bySlot
            content.receipt.clientRequests += sight.requests
            content.receipt.clientFailures += sight.failures
            guard isTaken else { return }
            content.receipt.switches.append(
                .init(
                    route: route.text, commandMilliseconds: elapsed.fractionalMilliseconds,
                    firstAnswerMilliseconds: sight.firstAnswer?.fractionalMilliseconds))
        }
    }

    private func commit(_ route: Route, before: Route?) async -> ActionResult {
        do {
            let start = ContinuousClock.now
            if before == nil {
                try await stage.router.retreat(to: route) { try await fenceOfRetreat() }
            } else {
                try await stage.router.commit(route) { try await stage.ledger.confirm(lease) }
            }
            return ActionResult(.done, "\(route.text) after \((ContinuousClock.now - start).text)")
        } catch let error as RouterError {
            switch error {
            case .fenced, .notTaken, .split: return ActionResult(.indeterminate, after: error)
            case .refused, .uncounted: return ActionResult(.failed, after: error)
            // The answer is not one: what is in force tells.
            case .unreadable: return await resolve(route, before: before, after: error)
            }
        } catch let error as LedgerError {
            return ActionResult(.indeterminate, error.diagnostic.why)
        } catch {
            return await resolve(route, before: before, after: error)
        }
    }

    /// Reads back what a write of which no answer came has done. Both slots stay up meanwhile.
    private func resolve(_ wanted: Route, before: Route?, after error: any Error) async -> ActionResult {
        var why = ActionResult(.failed, after: error).detail
        let deadline = ContinuousClock.now + stage.settings.routerDeadline
        while ContinuousClock.now < deadline {
            do {
                let found = try await stage.router.route()
                if found.sendsAlike(wanted) { return ActionResult(.done, "\(found.text) (read back after: \(why))") }
                guard let before, !found.sendsAlike(before) else {
                    return ActionResult(.failed, "traffic is not moved: \(why)")
                }
                return ActionResult(.indeterminate, "the route is \(found.text), which nobody here has written: \(why)")
            } catch {
                why = ActionResult(.failed, after: error).detail
            }
            do { try await stage.clock.sleep(for: .milliseconds(250)) } catch { break }
        }
        return ActionResult(.indeterminate, "the router does not say who has the traffic: \(why)")
    }

    func recordedStable() async throws -> DeployJournal.Stable? {
        try await DeployHistory.read(
            stage.ledger, environment: stage.settings.environment, verifying: false
        ).stable
    }

    /// The route on disk first, then the record: the record is the point after which nothing goes back by itself.
    func commit(_ slot: Slot) async throws -> ActionResult {
        guard let candidate else { return ActionResult(.failed, "no release to commit") }
        try await stage.ledger.confirm(lease)
        try await stage.router.pin(Route(live: slot, epoch: lease.epoch))
        Failpoint.pass("commit:pinned")
        let stable = DeployJournal.Stable(
            environment: stage.settings.environment, slot: slot, release: candidate.release)
        do { try await journal.stable(stable, under: lease) } catch let error as LedgerError { throw error } catch {
            // The answer was lost: the record tells.
            guard try await recordedStable() == stable else { throw error }
        }
        // It is stable from here on, whatever fails.
        do {
            try await stage.ledger.removeTimer(journal.timer)
            try await stage.runner.promoted(slot)
        } catch {
            let why = ActionResult(.failed, after: error).detail
            observe(.ended(step: "promoted", slot: slot, event: "failed", detail: why, elapsed: .zero))
        }
        return ActionResult(.done, "release \(candidate.release.name) in \(slot.rawValue) is the stable one")
    }
}
