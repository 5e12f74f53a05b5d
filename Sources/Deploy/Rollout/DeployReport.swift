package import OpsModel

/// What one deploy or rollback did; also the form of the JSON output.
package struct DeployReport: Codable, Sendable {
    package struct Step: Codable, Sendable, Equatable {
        package let step: String
        package let slot: Slot?
        package let event: String
        package let detail: String
        package let elapsedMilliseconds: Int64

        private enum CodingKeys: String, CodingKey {
            case step, slot, event, detail
            case elapsedMilliseconds = "elapsed_ms"
        }
    }

    package let schema: Int
    package let deployID: String
    package let environment: String
    package let release: Release
    package let candidate: Slot
    package let baseline: Slot?
    package let outcome: RolloutMachine.Outcome
    package let wasInterrupted: Bool
    package let elapsedMilliseconds: Int64
    package let steps: [Step]
    package let receipt: DeployReceipt

    private enum CodingKeys: String, CodingKey {
        case schema, environment, release, candidate, baseline, outcome, steps, receipt
        case deployID = "deploy_id"
        case wasInterrupted = "was_interrupted"
        case elapsedMilliseconds = "elapsed_ms"
    }

    init(
        deployID: String, opened: DeployJournal.Opened, outcome: RolloutMachine.Outcome, wasInterrupted: Bool,
        elapsed: Duration, steps: [Step], receipt: DeployReceipt
    ) {
        schema = 1
        (self.deployID, environment, release) = (deployID, opened.environment, opened.release)
        (candidate, baseline, self.outcome) = (opened.candidate, opened.baseline, outcome)
        (self.wasInterrupted, elapsedMilliseconds, self.steps) = (wasInterrupted, elapsed.milliseconds, steps)
        self.receipt = receipt
    }

    /// The step that decided the outcome: the first one that did not go well, or the bake, or the last one.
    package var decidingStep: Step? {
        steps.first { $0.event != "done" && $0.event != "judged_pass" } ?? steps.last { $0.step == "bake" }
            ?? steps.last
    }

    /// Exit code of a `deploy run` with this outcome.
    package var runStatus: ExitStatus {
        switch outcome {
        case .promoted: .pass
        case .rejected, .rolledBack: wasInterrupted ? .interrupted : .negative
        case .refused:
            decidingStep?.event == "judged_inconclusive" ? .inconclusive : wasInterrupted ? .interrupted : .negative
        case .held: .interrupted
        case .blocked, .indeterminate: .needsOperator
        }
    }
}
