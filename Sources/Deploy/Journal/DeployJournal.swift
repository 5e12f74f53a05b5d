import Foundation
package import Ledger
package import OpsModel

/// What the ledger keeps about deploys, written by a rollout and read by status, history and whoever takes it over.
///
/// An intent reaches the disk before its side effect. What was done is believed only after the router has been asked.
package struct DeployJournal: Sendable {
    package let ledger: Ledger
    package let deployID: String

    package init(ledger: Ledger, deployID: String) { (self.ledger, self.deployID) = (ledger, deployID) }

    static let prefix = "deploy:"
    private var subject: String { Self.prefix + deployID }
    /// The watchdog's timer: set again by every healthy look of the deployer.
    package var timer: String { "watchdog/" + deployID }

    func open(_ opened: Opened) async throws {
        try await ledger.append(subject: subject, kind: .decision, step: Step.opened, payload: opened)
    }

    /// - Throws: `LedgerError.leaseLost`: whoever has it now brings the deploy to its end.
    func close(_ closed: Closed, under lease: Lease? = nil) async throws {
        try await ledger.append(
            subject: subject, kind: .decision, step: Step.closed, payload: closed, under: lease, usesReserve: true)
    }

    /// - Throws: `LedgerError.leaseLost`; the record is unchanged then.
    func stable(_ stable: Stable, under lease: Lease) async throws {
        try await ledger.append(
            subject: subject, kind: .decision, step: Step.stable, payload: stable, under: lease, usesReserve: true)
    }

    /// That the schema has left behind every release before this one.
    func contracted(_ contracted: Contracted) async throws {
        try await ledger.append(subject: subject, kind: .decision, step: Step.contracted, payload: contracted)
    }

    /// Somebody's word, for the deployer to hear.
    package func request(_ kind: Request.Kind, _ request: Request) async throws {
        try await ledger.append(subject: subject, kind: .decision, step: kind.rawValue, payload: request)
    }

    /// - Parameter isRetreating: whether the reserve of the ledger may be used for it.
    /// - Returns: its sequence number.
    func intent(_ intent: Intent, of action: RolloutMachine.Action, isRetreating: Bool) async throws -> Int {
        try await ledger.append(
            subject: subject, kind: .intent, step: action.step, payload: intent, usesReserve: isRetreating
        ).sequence
    }

    func result(_ result: StepResult, of action: RolloutMachine.Action) async throws {
        let kind: LedgerEntry.Kind = result.event.hasPrefix("judged") ? .verdict : .done
        try await ledger.append(
            subject: subject, kind: kind, step: action.step, payload: result, usesReserve: true)
    }

    func observed(_ step: String, _ payload: some Encodable & Sendable) async throws {
        try await ledger.append(subject: subject, kind: .observed, step: step, payload: payload)
    }

    package func entries() async throws -> [LedgerEntry] { try await ledger.entries(subject: subject) }

    /// What was requested behind that entry, in order, and the last entry that was looked at.
    func requests(
        after sequence: Int
    ) async throws -> (requests: [(sequence: Int, kind: Request.Kind, request: Request)], last: Int) {
        let entries = try await ledger.entries(subject: subject, after: sequence)
        let requests = try entries.compactMap { entry -> (Int, Request.Kind, Request)? in
            guard entry.kind == .decision, let kind = Request.Kind(rawValue: entry.step) else { return nil }
            return (entry.sequence, kind, try entry.decode(Request.self))
        }
        return (requests, entries.last?.sequence ?? sequence)
    }
}

extension DeployJournal {
    /// Steps of decisions.
    enum Step {
        static let opened = "opened"
        static let closed = "closed"
        static let stable = "stable"
        static let contracted = "contracted"
    }

    package struct Opened: Codable, Sendable, Equatable {
        package let environment: String
        package let release: Release
        package let candidate: Slot
        package let baseline: Slot?
        /// `run` or `rollback`.
        package let kind: String
        /// Nil in entries of earlier versions, which knew the cutover only.
        package var course: RolloutCourse?
        package var epoch: Int?
        /// Release that was stable when it was opened.
        package var baselineRelease: Release?

        private enum CodingKeys: String, CodingKey {
            case environment, release, candidate, baseline, kind, course, epoch
            case baselineRelease = "baseline_release"
        }
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

    package struct Contracted: Codable, Sendable, Equatable {
        package let environment: String
        package let release: Release
    }

    /// What is about to be done: `key` is the same when it is done again after a crash.
    struct Intent: Codable, Sendable, Equatable {
        let key: String
        let slot: String?
        let epoch: Int
        /// The candidate's share that is about to be written, in 0.01 %.
        var share: Int?
        var snapshot: WatchSnapshot?
        /// Counts of a second source when the window began, by slot.
        var metered: [String: SlotTally]?
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

    /// What a person asks of a rollout that runs.
    package struct Request: Codable, Sendable, Equatable {
        package enum Kind: String, Codable, Sendable, CaseIterable {
            case approved, rejected
            case abortRequested = "abort_requested"
        }
        package let by: String
        package let why: String
        /// Step that it is about: `gate_1`, `decide`; nil for all of it.
        package let step: String?

        package init(by: String, why: String, step: String?) { (self.by, self.why, self.step) = (by, why, step) }
    }
}
