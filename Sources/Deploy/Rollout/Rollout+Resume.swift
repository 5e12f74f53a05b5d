import Ledger
import OpsModel

extension Rollout {
    /// Takes an open deploy up where its deployer left it. What the journal says was done is not believed: the router is asked.
    /// - Parameter launch: makes the release as configured now, from its name; only asked where the candidate is still needed.
    /// - Throws: `DeployError.nothingOpen`, `.changed`, `.foreignRoute`, `LedgerError.leaseHeld`.
    package func resume(
        _ launch: (String) throws -> ReleaseLaunch, ready: (RolloutDriver) -> Void, observe: @escaping Observer
    ) async throws -> DeployReport {
        try await holdingLease { lease in
            let history = try await DeployHistory.read(stage.ledger, environment: environment)
            guard let open = history.open.last else { throw DeployError.nothingOpen(environment: environment) }
            let journal = DeployJournal(ledger: stage.ledger, deployID: open.id)
            let recorded = try RecordedRollout(try await journal.entries(), id: open.id)
            _ = try await takeRoute(lease)
            let machine = try await stand(recorded, open, journal)
            let current = machine.isRetreating ? nil : try configured(open.release, launch)
            let baselineRelease = recorded.opened.baselineRelease ?? history.stable?.release
            let plan = RolloutPlan(
                opened: recorded.opened, machine: machine, lease: lease, candidate: current,
                baseline: baselineRelease.flatMap { release in current?.again(release) },
                baselineRelease: recorded.opened.kind == "rollback" ? open.release : baselineRelease,
                stable: history.stable, superseded: [], watched: history.open.map(\.id))
            observe(
                .opened(
                    id: open.id, release: open.release.name, candidate: open.candidate, baseline: open.baseline))
            let memory = try await memory(of: recorded, machine)
            try await armAgain(plan, journal, memory, observe)
            return try await drive(plan, journal, memory, recorded.latency, ready, observe)
        }
    }

    private func stand(
        _ recorded: RecordedRollout, _ open: DeployHistory.Deploy, _ journal: DeployJournal
    ) async throws -> RolloutMachine {
        let route = try await stage.router.route()
        var machine = recorded.machine
        switch recorded.standing(share: route.share(of: open.candidate)) {
        case .asRecorded(let same): machine = same
        case .recovered(let next):
            // Recorded as what it is, so that a journal read again comes to the same state.
            try await journal.result(
                .init(event: "done", detail: "\(route.text): read back after a crash", elapsedMilliseconds: 0),
                of: recorded.machine.action)
            machine = next
        case .returned(let next):
            try await journal.result(
                .init(event: "abort", detail: "\(route.text): traffic had gone back already", elapsedMilliseconds: 0),
                of: recorded.machine.action)
            machine = next
        case .foreign:
            let wanted = (recorded.machine.expectedShares ?? []).map {
                recorded.machine.route(share: $0, epoch: 0).text
            }
            throw DeployError.foreignRoute(
                id: open.id, found: route.text, wanted: wanted.joined(separator: ", or "))
        }
        // Slots may have changed since: what was proved before is proved again.
        try await journal.observed("resumed", ["route": route.text, "at": machine.action.step])
        machine.rewind()
        return machine
    }

    /// The release of an open deploy with the settings of now. - Throws: `DeployError.changed` when they are others.
    private func configured(_ release: Release, _ launch: (String) throws -> ReleaseLaunch) throws -> ReleaseLaunch {
        guard let again = try launch(release.name).again(release) else {
            throw DeployError.changed(release: release.name)
        }
        return again
    }

    /// Counts go on where they were while the router is the same; a new router begins a new window.
    private func memory(
        of recorded: RecordedRollout, _ machine: RolloutMachine
    ) async throws -> RolloutMemory {
        let memory = RolloutMemory()
        guard let snapshot = recorded.snapshot else { return memory }
        let incarnation = try await stage.router.incarnation()
        let isSameRouter = incarnation == snapshot.incarnation || snapshot.isUncounted
        memory.begin(
            isSameRouter
                ? snapshot : WatchSnapshot(incarnation: incarnation, counters: try await stage.router.counters()))
        memory.change {
            $0.windowStart = .now - (isSameRouter ? recorded.watched : .zero)
            $0.metered = Dictionary(
                uniqueKeysWithValues: recorded.metered.compactMap { name, tally in
                    Slot(rawValue: name).map { ($0, tally) }
                })
            $0.analysis = analysis(of: recorded, machine)
            if !isSameRouter { $0.analysis?.restartWindow() }
        }
        return memory
    }

    /// The analysis as it was recorded; of the share that is watched now, where the deployer died before it had recorded any of that.
    private func analysis(of recorded: RecordedRollout, _ machine: RolloutMachine) -> Analysis? {
        guard let index = machine.watchedShift else { return nil }
        let step = stage.settings.step(index, of: machine.course)
        guard var analysis = recorded.analysis else {
            return Analysis(stage.settings.analysis, step: step, reference: AnalysisReference())
        }
        if analysis.step.share != step.share { analysis.begin(step) }
        return analysis
    }

    /// The watchdog of the deployer that is gone may be gone as well.
    private func armAgain(
        _ plan: RolloutPlan, _ journal: DeployJournal, _ memory: RolloutMemory, _ observe: @escaping Observer
    ) async throws {
        guard plan.machine.course.isWatched, plan.opened.kind == "run" else { return }
        let actions = RolloutActions(
            stage: stage, journal: journal, plan: plan, memory: memory, latency: nil, observe: observe)
        let armed = try await actions.arm()
        observe(.ended(step: "arm", slot: nil, event: armed.event.name, detail: armed.detail, elapsed: .zero))
    }
}
