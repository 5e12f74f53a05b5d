import Foundation
package import Ledger
package import OpsModel

/// What the ledger keeps about deploys, written by a rollout and read by status and history.
package struct DeployJournal: Sendable {
    package let ledger: Ledger
    package let deployID: String

    package init(ledger: Ledger, deployID: String) { (self.ledger, self.deployID) = (ledger, deployID) }

    static let prefix = "deploy:"
    private var subject: String { Self.prefix + deployID }

    package struct Opened: Codable, Sendable, Equatable {
        package let environment: String
        package let release: Release
        package let candidate: Slot
        package let baseline: Slot?
        /// `run` or `rollback`.
        package let kind: String
    }

    package struct Closed: Codable, Sendable, Equatable {
        package let outcome: RolloutMachine.Outcome
        package let why: String
    }

    /// The good release: what serves, and where a rollback goes.
    package struct Stable: Codable, Sendable, Equatable {
        package let environment: String
        package let slot: Slot
        package let release: Release
    }

    package struct StepResult: Codable, Sendable, Equatable {
        package let event: String
        package let detail: String
        package let elapsedMilliseconds: Int64

        private enum CodingKeys: String, CodingKey {
            case event, detail
            case elapsedMilliseconds = "elapsed_ms"
        }
    }

    func open(_ opened: Opened) async throws {
        try await ledger.append(subject: subject, kind: .decision, step: "opened", payload: opened)
    }

    func close(_ closed: Closed) async throws {
        try await ledger.append(subject: subject, kind: .decision, step: "closed", payload: closed)
    }

    func stable(_ stable: Stable) async throws {
        try await ledger.append(subject: subject, kind: .decision, step: "stable", payload: stable)
    }

    func intent(_ action: RolloutMachine.Action) async throws {
        try await ledger.append(
            subject: subject, kind: .intent, step: action.step, payload: ["slot": action.slot?.rawValue])
    }

    func result(_ action: RolloutMachine.Action, _ result: StepResult) async throws {
        let kind: LedgerEntry.Kind = result.event.hasPrefix("judged") ? .verdict : .done
        try await ledger.append(subject: subject, kind: kind, step: action.step, payload: result)
    }
}
