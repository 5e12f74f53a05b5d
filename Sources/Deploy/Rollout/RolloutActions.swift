import Ledger
import OpsModel

/// Carries out the machine's actions one by one. Errors become events: nothing is thrown into a rollout.
struct RolloutActions: Sendable {
    let stage: RolloutStage
    let journal: DeployJournal
    let plan: RolloutPlan
    let memory: RolloutMemory
    /// Nil where the router's log is not read.
    let latency: LatencyMeter?
    let observe: @Sendable (RolloutProgress) -> Void

    var lease: Lease { plan.lease }
    var candidate: ReleaseLaunch? { plan.candidate }
    var stable: DeployJournal.Stable? { plan.stable }
    var machine: RolloutMachine { plan.machine }

    func perform(_ action: RolloutMachine.Action) async -> ActionResult {
        do {
            return try await carryOut(action)
        } catch is CancellationError {
            return ActionResult(.abort, "interrupted")
        } catch {
            return ActionResult(.failed, after: error)
        }
    }

    private func carryOut(_ action: RolloutMachine.Action) async throws -> ActionResult {
        switch action {
        case .preflight: try await preflight()
        case .migrate: try await migrate()
        case .provision(let slot): try await provision(slot)
        case .checkHealth(let slot): try await health(of: slot)
        case .smoke(let slot): try await smoke(slot)
        case .warm(let slot): try await warm(slot)
        case .rehearse(let slot): try await rehearse(slot)
        case .arm: try await arm()
        case .gate(let index): try await gate(index)
        case .shift(let index): await shift(index)
        case .analyse(let index): try await analyse(index)
        case .bake: try await bake()
        case .decide(let watch): try await decide(watch)
        case .revive(let slot): try await revive(slot)
        case .commit(let slot): try await commit(slot)
        case .drain(let slot): try await drain(slot)
        case .retire(let slot): try await retire(slot)
        case .stop(let slot): try await stop(slot)
        case .verify(let slot): try await verify(slot)
        case .pin(let slot): try await pin(slot)
        case .routeBack(let slot): await routeBack(to: slot)
        case .verifyRoute(let slot): try await verifyRoute(slot)
        case .capture(let slot): try await capture(slot)
        case .finish: ActionResult(.done, "")
        }
    }

    /// What is recorded before the action begins.
    func intent(of action: RolloutMachine.Action) async -> DeployJournal.Intent {
        var intent = DeployJournal.Intent(
            key: "\(journal.deployID)/\(action.step)", slot: action.slot?.rawValue, epoch: lease.epoch)
        guard case .shift(let index) = action else { return intent }
        intent.share = machine.course.shares[index]
        intent.snapshot = await snapshotUnlessRouterIsAway()
        memory.begin(intent.snapshot)
        do { try await beginMetering() } catch {
            let why = ActionResult(.failed, after: error).detail
            observe(.ended(step: "metrics", slot: nil, event: "failed", detail: why, elapsed: .zero))
        }
        let metered = memory.read { $0.metered }
        intent.metered = Dictionary(uniqueKeysWithValues: metered.map { ($0.key.rawValue, $0.value) })
        return intent
    }

    /// The counts before a shift; nil when the router did not tell them until its deadline: then nothing is shifted.
    private func snapshotUnlessRouterIsAway() async -> WatchSnapshot? {
        let deadline = ContinuousClock.now + stage.settings.routerDeadline
        while true {
            do { return try await takeSnapshot() } catch RouterError.uncounted {
                return .uncounted
            } catch {
                guard ContinuousClock.now < deadline else { return nil }
            }
            do { try await stage.clock.sleep(for: .milliseconds(250)) } catch { return nil }
        }
    }

    /// Where a second source begins to count.
    func beginMetering() async throws {
        guard let meter = stage.meter else { return }
        memory.change { $0.metered = [:] }
        var metered: [Slot: SlotTally] = [:]
        for slot in Slot.allCases { metered[slot] = try await meter.tally(of: slot) }
        let begun = metered
        memory.change { $0.metered = begun }
    }

    func takeSnapshot() async throws -> WatchSnapshot {
        WatchSnapshot(
            incarnation: try await stage.router.incarnation(), counters: try await stage.router.counters())
    }
}
