import Ledger
import OpsModel
import Synchronization

/// Carries out the machine's actions one by one. Errors become events: nothing is thrown into a rollout.
struct RolloutActions: Sendable {
    let stage: RolloutStage
    let journal: DeployJournal
    let plan: RolloutPlan
    /// Counters of the candidate as they were before it got traffic, when nothing was under way there.
    let countersBefore = CountersBefore()

    init(stage: RolloutStage, journal: DeployJournal, plan: RolloutPlan) {
        (self.stage, self.journal, self.plan) = (stage, journal, plan)
    }

    var lease: Lease { plan.lease }
    var candidate: ReleaseLaunch? { plan.candidate }
    var stable: DeployJournal.Stable? { plan.stable }

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
}

/// Handed from the step that moves the route to the one that watches.
final class CountersBefore: Sendable {
    private let counters = Mutex(SlotCounters())
    var value: SlotCounters { counters.withLock { $0 } }
    func set(_ value: SlotCounters) { counters.withLock { $0 = value } }
}
