import Foundation
import Ledger
package import OpsModel
import Synchronization

/// What a rollout tells while it runs.
package enum RolloutProgress: Sendable {
    case opened(id: String, release: String, candidate: Slot, baseline: Slot?)
    case began(step: String, slot: Slot?)
    /// What is seen while the candidate has traffic.
    case watching(AnalysisEvidence)
    /// Somebody is asked.
    case waiting(step: String, what: String, expires: Duration)
    case ended(step: String, slot: Slot?, event: String, detail: String, elapsed: Duration)
    case closed(RolloutMachine.Outcome, why: String)
}

/// Carries out a rollout: records the intent, acts, records the result, asks the machine.
///
/// Going forward needs a written intent; going back never waits for the ledger.
package final class RolloutDriver: Sendable {
    private struct Control {
        var interruption: DeploySettings.OnInterrupt?
        var current: Task<ActionResult, Never>?
    }

    private let actions: RolloutActions
    private let journal: DeployJournal
    private let observe: @Sendable (RolloutProgress) -> Void
    private let control = Mutex(Control())

    init(actions: RolloutActions) { (self.actions, journal, observe) = (actions, actions.journal, actions.observe) }

    /// Ends the step under way, and sends the rollout back to the baseline or leaves it as it is, as it was set. A route that is
    /// being written is written to its end, and a rollout that already goes back is not disturbed.
    package func interrupt() {
        let policy = actions.stage.settings.onInterrupt
        control.withLock {
            $0.interruption = policy
            $0.current?.cancel()
        }
    }

    /// What `interrupt` does.
    package var onInterrupt: DeploySettings.OnInterrupt { actions.stage.settings.onInterrupt }

    package var wasInterrupted: Bool { control.withLock { $0.interruption != nil } }

    func run(_ start: RolloutMachine) async -> (machine: RolloutMachine, steps: [DeployReport.Step]) {
        var machine = start
        var steps: [DeployReport.Step] = []
        while machine.action != .finish {
            let action = machine.action
            let began = ContinuousClock.now
            observe(.began(step: action.step, slot: action.slot))
            let result = await take(action, machine)
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
            machine.handle(result.event)
        }
        return (machine, steps)
    }

    private func take(_ action: RolloutMachine.Action, _ machine: RolloutMachine) async -> ActionResult {
        do {
            if !machine.isRetreating, let abort = try await actions.abortRequest() { return abort }
            let sequence = try await journal.intent(
                await actions.intent(of: action), of: action, isRetreating: machine.isRetreating)
            actions.memory.change { $0.lastIntent = sequence }
            Failpoint.pass("intent:\(action.step)")
        } catch {
            let why = ActionResult(.failed, after: error).detail
            guard machine.isRetreating else { return ActionResult(.failed, "the intent could not be recorded: \(why)") }
            observe(.ended(step: "ledger", slot: nil, event: "failed", detail: why, elapsed: .zero))
        }
        return await actions.keepingWatchdogsQuiet(during: action) {
            machine.isRetreating ? await actions.perform(action) : await performInterruptibly(action)
        }
    }

    private func performInterruptibly(_ action: RolloutMachine.Action) async -> ActionResult {
        let task = control.withLock { control -> Task<ActionResult, Never>? in
            guard control.interruption == nil else { return nil }
            let task = Task { await actions.perform(action) }
            control.current = action.isWrite ? nil : task
            return task
        }
        guard let task else { return ActionResult(interruption, "interrupted") }
        let result = await task.value
        control.withLock { $0.current = nil }
        return result.event == .abort && wasInterrupted ? ActionResult(interruption, result.detail) : result
    }

    private var interruption: RolloutMachine.Event {
        control.withLock { $0.interruption } == .hold ? .hold : .abort
    }

    private func note(_ action: RolloutMachine.Action, _ result: ActionResult, _ elapsed: Duration) async {
        do {
            try await journal.result(
                .init(event: result.event.name, detail: result.detail, elapsedMilliseconds: elapsed.milliseconds),
                of: action)
            Failpoint.pass("done:\(action.step)")
        } catch {
            observe(
                .ended(
                    step: "ledger", slot: nil, event: "failed", detail: ActionResult(.failed, after: error).detail,
                    elapsed: .zero))
        }
    }
}

extension RolloutMachine.Action {
    /// Whether it changes the route or the record: such a step is not cut in the middle.
    fileprivate var isWrite: Bool {
        switch self {
        case .shift, .commit: true
        default: false
        }
    }
}
