import HTTPClient
import Ledger
import OpsModel

/// Everything up to the first request: gates, migrations, start, health, smoke.
extension RolloutActions {
    func preflight() async throws -> ActionResult {
        let route = try await stage.router.route()
        let pinned = try await stage.router.pinnedRoute()
        // Without a baseline there is no record that the route could contradict.
        let hasBaseline = plan.machine.baseline != nil
        if let stable, hasBaseline, route.live != pinned.live {
            return ActionResult(
                .judged(.fail),
                "the route in force is \(route.live.rawValue), on disk it is \(pinned.live.rawValue), "
                    + "the stable release \(stable.release.name) is in \(stable.slot.rawValue): opsctl deploy status")
        }
        if let stable, hasBaseline, stable.slot != route.live {
            return ActionResult(
                .judged(.fail),
                "the route is \(route.live.rawValue), the ledger's stable release is in \(stable.slot.rawValue)")
        }
        if let stable, hasBaseline {
            let state = try await stage.runner.state(of: stable.slot)
            guard state.release == stable.release else {
                return ActionResult(
                    .judged(.fail),
                    "\(stable.slot.rawValue) runs \(state.release?.name ?? "nothing"), the stable release is \(stable.release.name)"
                )
            }
        }
        guard route.share == 0, pinned.share == 0 else {
            return ActionResult(
                .judged(.fail),
                "the route is split already: \(route.text), on disk \(pinned.text): opsctl deploy status")
        }
        let gates = await judgeGates()
        guard gates.event == .judged(.pass) else { return gates }
        for id in plan.superseded {
            try await DeployJournal(ledger: stage.ledger, deployID: id).close(
                .init(outcome: .blocked, why: "there was no way back; deploy \(journal.deployID) takes over"))
        }
        guard let stable, plan.machine.baseline == nil else { return gates }
        return ActionResult(
            gates.event, "no way back: \(stable.release.name) has ended and cannot be started again; \(gates.detail)")
    }

    func judgeGates() async -> ActionResult {
        let results = await withTaskGroup(of: (Int, String, GateResult).self) { group in
            for (index, gate) in stage.gates.enumerated() {
                group.addTask { (index, gate.name, await gate.judge()) }
            }
            return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }
        }
        let verdicts = results.map(\.2.verdict)
        let verdict: Verdict =
            verdicts.contains(.fail) ? .fail : verdicts.contains(.inconclusive) ? .inconclusive : .pass
        return ActionResult(.judged(verdict), results.map { "\($0.1): \($0.2.detail)" }.joined(separator: "; "))
    }

    func migrate() async throws -> ActionResult {
        guard let candidate, !candidate.migrateArguments.isEmpty else { return ActionResult(.done, "no migrations") }
        let output = try await stage.runner.migrate(candidate)
        return ActionResult(.done, output.split(whereSeparator: \.isNewline).last.map(String.init) ?? "applied")
    }

    func provision(_ slot: Slot) async throws -> ActionResult {
        guard let candidate else { return ActionResult(.failed, "no release to start") }
        let state = try await stage.runner.state(of: slot)
        if state.isRunning, state.release != candidate.release {
            // What was kept warm for a rollback has had its time, if it has no traffic.
            let stopped = try await stop(slot)
            guard stopped.event == .done else { return stopped }
        }
        try await stage.ledger.confirm(lease)
        try await stage.runner.start(candidate, in: slot)
        return ActionResult(.done, "release \(candidate.release.name) at \(stage.runner.address(of: slot))")
    }

    func health(of slot: Slot) async throws -> ActionResult { await SlotHealth(stage: stage).judge(slot) }

    func smoke(_ slot: Slot) async throws -> ActionResult {
        guard !stage.settings.smoke.isEmpty else {
            return ActionResult(.judged(.inconclusive), "there are no smoke steps: add `smoke:`")
        }
        let suite = SmokeSuite(stage.settings.smoke, http: stage.http)
        let direct = SmokeSuite.Subject(url: stage.runner.address(of: slot))
        let frontend = stage.router.frontend
        let preview = SmokeSuite.Subject(
            url: frontend.url, headers: [frontend.previewHeader(slot)],
            proof: (RouterFrontend.slotHeader, slot.rawValue))
        for (way, subject) in [("direct", direct), ("preview", preview)] {
            let results = try await suite.run(against: subject, clock: stage.clock)
            let verdict = results.verdict
            guard verdict != .pass else { continue }
            let bad = results.first { $0.verdict == verdict }
            return ActionResult(
                .judged(verdict), "\(way), \(bad?.step ?? "no step"): \(bad?.observed ?? "nothing was run")")
        }
        return ActionResult(
            .judged(.pass), "\(stage.settings.smoke.count) steps, direct and through the router's preview")
    }

    /// The same requests to both slots: first so that neither is judged by cold caches, then to compare the answers.
    func warm(_ slot: Slot) async throws -> ActionResult {
        let warmed = try await warmUp(slot)
        guard warmed.event == .judged(.pass), let golden = stage.settings.golden, machine.baseline != nil else {
            return warmed
        }
        let probe = GoldenProbe(golden, http: stage.http, clock: stage.clock)
        let report = try await probe.run(
            candidate: .init(url: stage.runner.address(of: slot)),
            baseline: .init(url: stage.runner.address(of: slot.other)))
        try await journal.observed("golden", report)
        return ActionResult(.judged(report.verdict), "\(warmed.detail); golden requests: \(report.summary)")
    }

    private func warmUp(_ slot: Slot) async throws -> ActionResult {
        let warmUp = stage.settings.warmUp
        guard !warmUp.paths.isEmpty else { return ActionResult(.judged(.pass), "no warm-up is set") }
        let slots = machine.baseline == nil ? [slot] : [slot, slot.other]
        var count = 0
        for _ in 0..<warmUp.rounds {
            for path in warmUp.paths {
                for slot in slots {
                    let request = HTTPRequest("GET", stage.runner.address(of: slot) + path, timeout: .seconds(30))
                    let status = try await stage.http.send(request).status
                    count += 1
                    guard status < 500 else {
                        return ActionResult(.judged(.fail), "\(slot.rawValue) answered \(path) with \(status)")
                    }
                }
            }
        }
        return ActionResult(.judged(.pass), "\(count) requests")
    }

    /// Proves the way back before it may be needed: the baseline is healthy, and its route can be written. Written is what is in
    /// force anyway.
    func rehearse(_ slot: Slot) async throws -> ActionResult {
        let start = ContinuousClock.now
        let verified = try await verify(slot)
        guard verified.event == .judged(.pass) else { return verified }
        let route = Route(live: slot, epoch: lease.epoch)
        try await stage.router.commit(route) { try await stage.ledger.confirm(lease) }
        let elapsed = ContinuousClock.now - start
        memory.change { $0.receipt.rehearsedMilliseconds = elapsed.fractionalMilliseconds }
        return ActionResult(.judged(.pass), "back to \(slot.rawValue) would take \(elapsed.text); \(verified.detail)")
    }

    /// Starts what goes back should this process die from now on.
    func arm() async throws -> ActionResult {
        guard let timeout = stage.settings.watchdogTimeout else {
            // One that was started before sees by it that it is not wanted any more.
            try await stage.ledger.removeTimer(journal.timer)
            return ActionResult(.done, "no watchdog is wanted")
        }
        guard let watchdog = stage.watchdog else {
            return ActionResult(.failed, "no watchdog can be started here; to go without: --no-watchdog")
        }
        try await stage.ledger.setTimer(journal.timer, for: timeout)
        let started = try await watchdog.start(watching: journal.deployID)
        return ActionResult(.done, "\(started) goes back \(timeout.text) after the last sign of this process")
    }
}

extension Duration {
    /// Milliseconds with their fraction.
    var fractionalMilliseconds: Double { self / .milliseconds(1) }
}
