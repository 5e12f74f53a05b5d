import Ledger
import OpsModel

/// Signs of life, and words from outside, while a step is under way.
extension RolloutActions {
    /// What somebody has asked for before the next step; heard by a watch itself while it lasts.
    func abortRequest() async throws -> ActionResult? {
        let last = memory.read { $0.lastRequest }
        let (requests, newest) = try await journal.requests(after: last)
        memory.change { $0.lastRequest = newest }
        guard let abort = requests.first(where: { $0.kind == .abortRequested })?.request else { return nil }
        return ActionResult(.abort, "aborted by \(abort.by): \(abort.why)")
    }

    /// Prolongs the timers of the watchdogs that could step in meanwhile. A watch shows its signs itself, after what it has seen.
    func keepingWatchdogsQuiet(
        during action: RolloutMachine.Action, _ body: () async -> ActionResult
    ) async -> ActionResult {
        guard let timeout = stage.settings.watchdogTimeout, !action.isWatch else { return await body() }
        await showSign(timeout)
        // Not a child task: it ends with the step, which may be one that is not cancelled.
        let signs = Task {
            while !Task.isCancelled {
                do { try await stage.clock.sleep(for: timeout / 6) } catch { return }
                await showSign(timeout)
            }
        }
        defer { signs.cancel() }
        return await body()
    }

    private func showSign(_ timeout: Duration) async {
        for id in [journal.deployID] + plan.watched {
            let timer = DeployJournal(ledger: journal.ledger, deployID: id).timer
            // A sign that could not be shown is shown the next time; the watchdog judges how long that may take.
            do { try await journal.ledger.prolongTimer(timer, for: timeout) } catch { continue }
        }
    }
}

extension RolloutMachine.Action {
    fileprivate var isWatch: Bool {
        switch self {
        case .gate, .analyse, .bake, .decide: true
        default: false
        }
    }
}
