import Foundation
import HTTPClient
import Ledger
import OpsModel
import Synchronization

/// Carries out the machine's actions one by one. Errors become events: nothing is thrown into a rollout.
struct RolloutActions: Sendable {
    let stage: RolloutStage
    let journal: DeployJournal
    let lease: Lease
    let candidate: ReleaseLaunch?
    /// The baseline's release, for starting it again when it has stopped; nil when its configuration is no longer known.
    let baseline: ReleaseLaunch?
    /// The stable record before this rollout.
    let stable: DeployJournal.Stable?
    /// Counters of the candidate as they were before it got traffic, when nothing was under way there.
    private let countersBefore = CountersBefore()

    init(
        stage: RolloutStage, journal: DeployJournal, lease: Lease, candidate: ReleaseLaunch?, baseline: ReleaseLaunch?,
        stable: DeployJournal.Stable?
    ) {
        (self.stage, self.journal, self.lease) = (stage, journal, lease)
        (self.candidate, self.baseline, self.stable) = (candidate, baseline, stable)
    }

    func perform(_ action: RolloutMachine.Action) async -> ActionResult {
        do {
            return try await carryOut(action)
        } catch is CancellationError {
            return ActionResult(.abort, "interrupted")
        } catch let error as any DiagnosableError {
            return ActionResult(.failed, "\(error.diagnostic.what): \(error.diagnostic.why)")
        } catch {
            return ActionResult(.failed, "\(error)")
        }
    }

    private func carryOut(_ action: RolloutMachine.Action) async throws -> ActionResult {
        switch action {
        case .preflight: try await preflight()
        case .migrate: try await migrate()
        case .provision(let slot): try await provision(slot)
        case .checkHealth(let slot): try await health(of: slot)
        case .smoke(let slot): try await smoke(slot)
        case .route(let slot): await route(to: slot)
        case .bake(let slot): try await bake(slot)
        case .commit(let slot): try await commit(slot)
        case .drain(let slot): try await drain(slot)
        case .retire(let slot): try await retire(slot)
        case .stop(let slot): try await stop(slot)
        case .verify(let slot): try await verify(slot)
        case .pin(let slot): try await pin(slot)
        case .verifyRoute(let slot): try await verifyRoute(slot)
        case .finish: ActionResult(.done, "")
        }
    }

    // MARK: before traffic

    private func preflight() async throws -> ActionResult {
        let route = try await stage.router.route()
        let pinned = try await stage.router.pinnedRoute()
        // Before the first release is stable there is no record that the route could contradict.
        if let stable, route.live != pinned.live {
            return ActionResult(
                .judged(.fail),
                "the route in force is \(route.live.rawValue), on disk it is \(pinned.live.rawValue), "
                    + "the stable release \(stable.release.name) is in \(stable.slot.rawValue): opsctl deploy status")
        }
        if let stable, stable.slot != route.live {
            return ActionResult(
                .judged(.fail),
                "the route is \(route.live.rawValue), the ledger's stable release is in \(stable.slot.rawValue)")
        }
        if let stable {
            let state = try await stage.runner.state(of: stable.slot)
            guard state.isRunning else {
                return ActionResult(
                    .judged(.fail), "the baseline \(stable.release.name) does not run: there would be no way back")
            }
        }
        return await judgeGates()
    }

    private func judgeGates() async -> ActionResult {
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

    private func migrate() async throws -> ActionResult {
        guard let candidate, !candidate.migrateArguments.isEmpty else { return ActionResult(.done, "no migrations") }
        let output = try await stage.runner.migrate(candidate)
        return ActionResult(.done, output.split(whereSeparator: \.isNewline).last.map(String.init) ?? "applied")
    }

    private func provision(_ slot: Slot) async throws -> ActionResult {
        guard let candidate else { return ActionResult(.failed, "no release to start") }
        let state = try await stage.runner.state(of: slot)
        if state.isRunning, state.release != candidate.release {
            // The slot is off the route (preflight): what runs there was kept warm for a rollback and has had its time.
            try await stage.runner.stop(slot)
        }
        try await stage.runner.start(candidate, in: slot)
        return ActionResult(.done, "release \(candidate.release.name) at \(stage.runner.address(of: slot))")
    }

    private func health(of slot: Slot) async throws -> ActionResult {
        let settings = stage.settings.health
        let deadline = ContinuousClock.now + settings.deadline
        var inARow = 0
        var last = "not asked yet"
        while ContinuousClock.now < deadline {
            let state = try await stage.runner.state(of: slot)
            guard state.isRunning else {
                return ActionResult(.judged(.fail), "the process has ended; see \(state.log ?? "its log")")
            }
            last = try await look(at: stage.runner.address(of: slot) + settings.path)
            if last == "200", try await !stage.router.accepts(slot) {
                last = "200, but the router does not count it as up"
            }
            inARow = last == "200" ? inARow + 1 : 0
            if inARow >= settings.passes {
                return ActionResult(.judged(.pass), "\(settings.path) answered 200 \(inARow) times")
            }
            try await stage.clock.sleep(for: settings.interval)
        }
        return ActionResult(
            .judged(.fail), "\(settings.path) answered \(last) until \(settings.deadline.text) were over")
    }

    /// The status, or why there is none.
    private func look(at url: String, headers: [(name: String, value: String)] = []) async throws -> String {
        do {
            let response = try await stage.http.send(HTTPRequest("GET", url, headers: headers, timeout: .seconds(5)))
            return response.status == 200 ? "200" : "\(response.status): \(response.text.prefix(300))"
        } catch HTTPError.cancelled {
            throw CancellationError()
        } catch let error as HTTPError {
            return "\(error.diagnostic.what): \(error.diagnostic.why)"
        }
    }

    private func smoke(_ slot: Slot) async throws -> ActionResult {
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
            if let bad = results.first(where: { $0.verdict != .pass }) {
                return ActionResult(.judged(bad.verdict), "\(way), \(bad.step): \(bad.observed)")
            }
        }
        return ActionResult(
            .judged(.pass), "\(stage.settings.smoke.count) steps, direct and through the router's preview")
    }

    // MARK: traffic

    /// Writes the route; when the answer is lost, what is in force decides.
    private func route(to slot: Slot) async -> ActionResult {
        let route = Route(live: slot, epoch: lease.epoch)
        do {
            countersBefore.set(try await stage.router.counters()[slot] ?? SlotCounters())
            let start = ContinuousClock.now
            try await stage.router.commit(route) { try await stage.ledger.confirm(lease) }
            return ActionResult(.done, "\(slot.rawValue) has the traffic after \((ContinuousClock.now - start).text)")
        } catch let error as RouterError {
            switch error {
            case .fenced, .notTaken:
                return ActionResult(.indeterminate, "\(error.diagnostic.what): \(error.diagnostic.why)")
            case .refused, .unreadable:
                return ActionResult(.failed, "\(error.diagnostic.what): \(error.diagnostic.why)")
            }
        } catch let error as LedgerError {
            return ActionResult(.indeterminate, error.diagnostic.why)
        } catch {
            return await resolve(route, after: error)
        }
    }

    private func resolve(_ wanted: Route, after error: any Error) async -> ActionResult {
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

    private func bake(_ slot: Slot) async throws -> ActionResult {
        let bake = stage.settings.bake
        let judge = BakeJudge(bake)
        let incarnation = try await stage.router.incarnation()
        var readings: [BakeJudge.Tally] = []
        let deadline = ContinuousClock.now + bake.duration
        var unhealthy = 0
        while true {
            try await stage.clock.sleep(for: bake.interval)
            if let change = try await foreignChange(slot, incarnation) { return change }
            guard try await stage.runner.state(of: slot).isRunning else {
                return ActionResult(.judged(.fail), "the process has ended")
            }
            let health = try await look(at: stage.runner.address(of: slot) + stage.settings.health.path)
            unhealthy = health == "200" ? 0 : unhealthy + 1
            if unhealthy >= 3 {
                return ActionResult(.judged(.fail), "\(stage.settings.health.path) answered \(health)")
            }
            readings.append(
                BakeJudge.Tally(
                    from: countersBefore.value, to: try await stage.router.counters()[slot] ?? SlotCounters()))
            if case .over(let verdict, let why) = judge.judge(readings, isOver: ContinuousClock.now >= deadline) {
                return ActionResult(.judged(verdict), why)
            }
        }
    }

    /// A restarted router has read its route from disk again; a route that is not ours was written by somebody else.
    private func foreignChange(_ slot: Slot, _ incarnation: RouterIncarnation) async throws -> ActionResult? {
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

    private func commit(_ slot: Slot) async throws -> ActionResult {
        guard let candidate else { return ActionResult(.failed, "no release to commit") }
        try await stage.ledger.confirm(lease)
        try await stage.router.pin(Route(live: slot, epoch: lease.epoch))
        try await journal.stable(.init(environment: stage.settings.environment, slot: slot, release: candidate.release))
        return ActionResult(.done, "release \(candidate.release.name) in \(slot.rawValue) is the stable one")
    }

    // MARK: after traffic

    private func drain(_ slot: Slot) async throws -> ActionResult {
        let deadline = ContinuousClock.now + stage.settings.drainDeadline
        let start = ContinuousClock.now
        var quiet = 0
        var left = 0
        while ContinuousClock.now < deadline {
            left = try await stage.router.counters()[slot]?.inFlight ?? 0
            quiet = left == 0 ? quiet + 1 : 0
            if quiet >= 2 {
                return ActionResult(.done, "no request under way after \((ContinuousClock.now - start).text)")
            }
            try await stage.clock.sleep(for: .milliseconds(50))
        }
        return ActionResult(.failed, "\(left) requests still under way after \(stage.settings.drainDeadline.text)")
    }

    private func retire(_ slot: Slot) async throws -> ActionResult {
        if stage.settings.keepsWarm { return ActionResult(.done, "kept warm for a rollback") }
        return try await stop(slot)
    }

    private func stop(_ slot: Slot) async throws -> ActionResult {
        guard try await stage.router.route().live != slot else {
            return ActionResult(.failed, "\(slot.rawValue) has the traffic: it is not stopped")
        }
        try await stage.runner.stop(slot)
        return ActionResult(.done, "stopped")
    }

    // MARK: the way back

    private func verify(_ slot: Slot) async throws -> ActionResult {
        if try await stage.runner.state(of: slot).isRunning { return try await health(of: slot) }
        guard let baseline else {
            return ActionResult(.judged(.fail), "the baseline has ended and its release cannot be started again")
        }
        try await stage.runner.start(baseline, in: slot)
        return try await health(of: slot)
    }

    private func pin(_ slot: Slot) async throws -> ActionResult {
        try await stage.router.pin(Route(live: slot, epoch: lease.epoch))
        if let stable, stable.slot != slot, let release = try await stage.runner.state(of: slot).release {
            try await journal.stable(.init(environment: stage.settings.environment, slot: slot, release: release))
        }
        return ActionResult(.done, "a restarted router begins with \(slot.rawValue)")
    }

    private func verifyRoute(_ slot: Slot) async throws -> ActionResult {
        let route = try await stage.router.route()
        guard route.live == slot else { return ActionResult(.judged(.fail), "the route is \(route.live.rawValue)") }
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
}

/// Handed from the step that moves the route to the one that watches.
private final class CountersBefore: Sendable {
    private let counters = Mutex(SlotCounters())
    var value: SlotCounters { counters.withLock { $0 } }
    func set(_ value: SlotCounters) { counters.withLock { $0 = value } }
}
