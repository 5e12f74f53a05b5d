import Foundation
package import Ledger
package import OpsModel
import Synchronization

/// What a rollout tells while it runs.
package enum RolloutProgress: Sendable {
    case began(step: String, slot: Slot?)
    case ended(step: String, slot: Slot?, event: String, detail: String, elapsed: Duration)
}

/// Carries out a rollout: records the intent, acts, records the result, asks the machine.
///
/// Going forward needs a written intent; going back never waits for the ledger.
package final class RolloutDriver: Sendable {
    private struct Control {
        var isInterrupted = false
        var current: Task<ActionResult, Never>?
    }

    private let actions: RolloutActions
    private let journal: DeployJournal
    private let observe: @Sendable (RolloutProgress) -> Void
    private let control = Mutex(Control())

    init(actions: RolloutActions, journal: DeployJournal, observe: @escaping @Sendable (RolloutProgress) -> Void) {
        (self.actions, self.journal, self.observe) = (actions, journal, observe)
    }

    /// Ends the step under way and sends the rollout back to the baseline. A rollout that already goes back is not disturbed.
    package func interrupt() {
        control.withLock {
            $0.isInterrupted = true
            $0.current?.cancel()
        }
    }

    package var wasInterrupted: Bool { control.withLock { $0.isInterrupted } }

    func run(_ start: RolloutMachine) async -> (machine: RolloutMachine, steps: [DeployReport.Step]) {
        var machine = start
        var steps: [DeployReport.Step] = []
        var action = machine.firstAction
        while action != .finish {
            let began = ContinuousClock.now
            observe(.began(step: action.step, slot: action.slot))
            let result = await take(action, isRetreating: machine.isRetreating)
            let elapsed = ContinuousClock.now - began
            await note(action, result, elapsed)
            steps.append(
                .init(
                    step: action.step, slot: action.slot, event: result.event.name, detail: result.detail,
                    elapsedMilliseconds: elapsed.milliseconds))
            observe(
                .ended(
                    step: action.step, slot: action.slot, event: result.event.name, detail: result.detail,
                    elapsed: elapsed))
            action = machine.handle(result.event)
        }
        return (machine, steps)
    }

    private func take(_ action: RolloutMachine.Action, isRetreating: Bool) async -> ActionResult {
        do {
            try await journal.intent(action)
        } catch {
            let why = (error as? any DiagnosableError)?.diagnostic.why ?? "\(error)"
            guard isRetreating else { return ActionResult(.failed, "the intent could not be recorded: \(why)") }
            observe(.ended(step: "ledger", slot: nil, event: "failed", detail: why, elapsed: .zero))
        }
        return isRetreating ? await actions.perform(action) : await performInterruptibly(action)
    }

    private func performInterruptibly(_ action: RolloutMachine.Action) async -> ActionResult {
        let task = control.withLock { control -> Task<ActionResult, Never>? in
            guard !control.isInterrupted else { return nil }
            let task = Task { await actions.perform(action) }
            control.current = task
            return task
        }
        guard let task else { return ActionResult(.abort, "interrupted") }
        let result = await task.value
        control.withLock { $0.current = nil }
        return result
    }

    private func note(_ action: RolloutMachine.Action, _ result: ActionResult, _ elapsed: Duration) async {
        do {
            try await journal.result(
                action,
                .init(event: result.event.name, detail: result.detail, elapsedMilliseconds: elapsed.milliseconds))
        } catch {
            let why = (error as? any DiagnosableError)?.diagnostic.why ?? "\(error)"
            observe(.ended(step: "ledger", slot: nil, event: "failed", detail: why, elapsed: .zero))
        }
    }
}

extension RolloutMachine.Event {
    var name: String {
        switch self {
        case .judged(let verdict): "judged_\(verdict.rawValue)"
        case .done: "done"
        case .failed: "failed"
        case .indeterminate: "indeterminate"
        case .abort: "abort"
        }
    }
}
