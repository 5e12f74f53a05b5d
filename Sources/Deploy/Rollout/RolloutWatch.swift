import HTTPClient
import Ledger
import OpsModel

/// Looks at slots, router and requests again and again, until something decides.
///
/// Only a look at which everything could be seen, and was well, is a sign of life for the watchdog.
struct RolloutWatch: Sendable {
    private let actions: RolloutActions
    /// The candidate's share meanwhile, in 0.01 %.
    private let share: Int
    /// How long a question is open, until it is taken as answered with no.
    var patience: Duration = .zero
    /// The step that somebody is asked about; nil when nobody is.
    var question: String?

    private var sick: [Slot: Int] = [:]
    /// When the router last answered, and when counts could last be read.
    private var (lastAnswer, lastSight) = (ContinuousClock.now, ContinuousClock.now)
    private var lastRecord = ContinuousClock.now

    private var stage: RolloutStage { actions.stage }
    private var candidate: Slot { actions.machine.candidate }

    init(_ actions: RolloutActions, share: Int) {
        (self.actions, self.share) = (actions, share)
    }

    /// How many looks in a row without health count: one can be a matter of the looking.
    private static let looksForSick = 3
    /// How often what was seen is recorded, for whoever resumes.
    private static let recordInterval = Duration.seconds(10)

    mutating func run() async throws -> ActionResult {
        let start = ContinuousClock.now
        while true {
            try await stage.clock.sleep(for: stage.settings.bake.interval)
            do {
                if let end = try await look(ContinuousClock.now - start) { return end }
                (lastAnswer, lastSight) = (.now, .now)
            } catch let error as CancellationError {
                throw error
            } catch let error as RouterError where error.isLasting {
                return ActionResult(.judged(.inconclusive), after: error)
            } catch let error as RouterAway {
                if let end = await blind(error) { return end }
            } catch {
                // Where nothing can be seen nothing is judged: neither for the candidate nor against it.
                guard ContinuousClock.now - lastSight > stage.settings.maximumBlindness else { continue }
                return ActionResult(.judged(.inconclusive), after: error)
            }
        }
    }

    /// One look at everything; nil when nothing is decided. Only one that could see all of it is a sign of life.
    private mutating func look(_ elapsed: Duration) async throws -> ActionResult? {
        guard actions.lease.isFresh else {
            return ActionResult(.indeterminate, "the lease could not be renewed: this run writes nothing any more")
        }
        if let answer = try await heedRequests(elapsed) { return answer }
        if let end = try await lookAtSlots() { return end }
        do {
            if let change = try await foreignChange() { return change }
        } catch let error as any DiagnosableError {
            throw RouterAway(error: error)
        }
        lastAnswer = .now
        do {
            if share > 0, let end = try await lookAtCounts() { return end }
        } catch let error as RouterError where error.isLasting && question != nil {
            // Nothing is counted; while somebody is asked, it is for them to say.
        }
        try await showLife()
        return nil
    }

    /// The router did not answer.
    private struct RouterAway: Error { let error: any DiagnosableError }

    // MARK: People

    private func heedRequests(_ elapsed: Duration) async throws -> ActionResult? {
        let last = actions.memory.read { $0.lastRequest }
        let (requests, newest) = try await actions.journal.requests(after: last)
        actions.memory.change { $0.lastRequest = newest }
        // An answer counts for the question that is open now, not for one that was asked before.
        let asked = actions.memory.read { $0.lastIntent }
        for (sequence, kind, request) in requests {
            let isAnswer = question != nil && request.step == question && sequence > asked
            switch kind {
            case .abortRequested: return ActionResult(.abort, "aborted by \(request.by): \(request.why)")
            case .approved where isAnswer:
                return ActionResult(.judged(.pass), "approved by \(request.by): \(request.why)")
            case .rejected where isAnswer:
                return ActionResult(.judged(.fail), "rejected by \(request.by): \(request.why)")
            case .approved, .rejected: continue
            }
        }
        guard question != nil, elapsed >= patience else { return nil }
        return ActionResult(.judged(.fail), "nobody approved it within \(patience.text)")
    }

    // MARK: Slots

    /// What the slots themselves show: an ended process, or some looks in a row without health, decide without statistics.
    private mutating func lookAtSlots() async throws -> ActionResult? {
        async let mine = look(candidate)
        async let others = actions.machine.baseline == nil ? nil : look(candidate.other)
        let (trouble, baselineTrouble) = (count(try await mine, candidate), count(try await others, candidate.other))
        switch (trouble, baselineTrouble) {
        case (nil, nil): return nil
        case (.some(let trouble), nil): return ActionResult(.judged(.fail), trouble)
        case (nil, .some(let trouble)):
            return ActionResult(.baselineLost, "the way back is cut: \(candidate.other.rawValue): \(trouble)")
        case (.some(let trouble), .some(let other)):
            return ActionResult(.bothLost, "neither slot is well: \(trouble); \(candidate.other.rawValue): \(other)")
        }
    }

    private enum Look: Sendable {
        case well
        case unwell(String)
        case ended
    }

    private func look(_ slot: Slot) async throws -> Look {
        guard try await stage.runner.state(of: slot).isRunning else { return .ended }
        let health = try await SlotHealth(stage: stage).look(slot)
        return health == "200" ? .well : .unwell("\(stage.settings.health.path) answered \(health)")
    }

    private mutating func count(_ look: Look?, _ slot: Slot) -> String? {
        switch look {
        case nil, .well:
            sick[slot] = 0
            return nil
        case .ended: return "the process has ended"
        case .unwell(let why):
            sick[slot, default: 0] += 1
            return sick[slot, default: 0] < Self.looksForSick ? nil : why
        }
    }

    // MARK: Router

    private mutating func lookAtCounts() async throws -> ActionResult? {
        let (candidateTally, baselineTally) = try await tallies()
        let windowStart = actions.memory.read { $0.windowStart }
        let state = try await stage.runner.state(of: candidate)
        let reading = AnalysisReading(
            elapsed: .now - windowStart, baseline: baselineTally, candidate: candidateTally,
            latency: actions.latency?.counts,
            restarts: max(0, state.restarts - actions.memory.read { $0.restarts }))
        guard let (opinion, evidence) = actions.memory.judge(reading) else {
            return ActionResult(.failed, "nothing was begun that could be judged")
        }
        actions.observe(.watching(evidence))
        try await record(reading.elapsed, evidence)
        switch opinion {
        case .over(.fail, let why): return ActionResult(.judged(.fail), why)
        case .over(let verdict, let why): return question == nil ? ActionResult(.judged(verdict), why) : nil
        case .goOn: return nil
        }
    }

    /// What both slots did since the window began: by Prometheus where one is set, otherwise by the router.
    private func tallies() async throws -> (candidate: SlotTally, baseline: SlotTally) {
        if let meter = stage.meter {
            let start = actions.memory.read { $0.metered }
            guard let mineBefore = start[candidate], let othersBefore = start[candidate.other] else {
                // A window without a beginning is none: it begins now.
                try await actions.beginMetering()
                actions.memory.restart(actions.memory.read { $0.snapshot })
                throw PrometheusError.noData(query: "counts from the beginning of this window")
            }
            async let mine = meter.tally(of: candidate)
            async let others = meter.tally(of: candidate.other)
            let now = (candidate: try await mine, baseline: try await others)
            guard now.candidate.isBehind(mineBefore), now.baseline.isBehind(othersBefore) else {
                try await actions.beginMetering()
                actions.memory.restart(actions.memory.read { $0.snapshot })
                throw PrometheusError.unusable(query: "requests, errors", why: "a count went back: a series has ended")
            }
            return (now.candidate.since(mineBefore), now.baseline.since(othersBefore))
        }
        let counters = try await stage.router.counters()
        guard let mine = counters[candidate], let other = counters[candidate.other] else {
            throw RouterError.unreadable(what: "counters", text: "not of both slots")
        }
        return (
            actions.memory.tally(candidate, now: mine), actions.memory.tally(candidate.other, now: other)
        )
    }

    private mutating func record(_ elapsed: Duration, _ evidence: AnalysisEvidence) async throws {
        guard ContinuousClock.now - lastRecord >= Self.recordInterval else { return }
        lastRecord = .now
        try await actions.journal.observed("watch", WatchRecord(actions, elapsed: elapsed, evidence: evidence.text))
    }

    /// A restarted router has read its route from disk again; a route that is not ours was written by somebody else.
    private func foreignChange() async throws -> ActionResult? {
        let wanted = actions.machine.route(share: share, epoch: actions.lease.epoch)
        let incarnation = try await stage.router.incarnation()
        let route = try await stage.router.route()
        let known = actions.memory.read { $0.snapshot }
        if let known, !known.isUncounted, known.incarnation != incarnation {
            guard route == wanted else {
                return ActionResult(
                    .failed, "the router was restarted, its counts are gone; its route is \(route.text), as on disk")
            }
            actions.memory.restart(try await actions.takeSnapshot())
            return nil
        }
        // Before any traffic a restarted router, which has read its route from disk, has changed nothing.
        if share == 0, route.sendsAlike(wanted), route.epoch <= wanted.epoch { return nil }
        guard route == wanted else {
            return ActionResult(
                .indeterminate,
                "somebody else routed to \(route.text) (epoch \(route.epoch)), ours is \(wanted.text) (epoch \(wanted.epoch))"
            )
        }
        return nil
    }

    /// A router that does not answer is not a sick release: look on, but not for ever.
    private func blind(_ away: RouterAway) async -> ActionResult? {
        guard ContinuousClock.now - lastAnswer > stage.settings.maximumBlindness else { return nil }
        let url = stage.router.frontend.url + stage.settings.health.path
        var clients = "clients are still answered"
        do {
            let status = try await stage.http.send(HTTPRequest("GET", url, timeout: .seconds(5))).status
            if status >= 500 { clients = "clients get \(status)" }
        } catch {
            clients = "clients are not answered either"
        }
        let diagnostic = away.error.diagnostic
        return ActionResult(.failed, "\(diagnostic.what): \(diagnostic.why); \(clients)")
    }

    private func showLife() async throws {
        guard let timeout = stage.settings.watchdogTimeout, actions.machine.course.isWatched else { return }
        try await stage.ledger.setTimer(actions.journal.timer, for: timeout)
    }
}
