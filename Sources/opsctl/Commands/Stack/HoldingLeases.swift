import Deploy
import Ledger
import OpsModel

extension Ledger {
    /// Holds leases as this process for the length of `body`.
    func holding<Value: Sendable>(_ names: [String], _ body: ([Lease]) async throws -> Value) async throws -> Value {
        try await holding(
            names, as: try Rollout.me(), isAlive: Rollout.isAlive,
            unreturned: { _ in Story.standard.tell("a lease was not returned; it ends within half a minute") }, body)
    }
}
