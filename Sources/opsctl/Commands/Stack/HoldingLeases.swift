import Deploy
import Ledger
import OpsModel

extension Ledger {
    /// Holds leases for the length of `body`; taken in the order given, returned in the reverse one. A lease that cannot be
    /// returned is told, and ends with this process.
    func holding<Value: Sendable>(_ names: [String], _ body: ([Lease]) async throws -> Value) async throws -> Value {
        var leases: [Lease] = []
        let result: Result<Value, any Error>
        do {
            for name in names {
                leases.append(try await acquireLease(name, as: try Rollout.me(), isAlive: Rollout.isAlive))
            }
            result = .success(try await body(leases))
        } catch {
            result = .failure(error)
        }
        let held = leases
        // A task of its own: an interrupted run gives its leases back too.
        do { try await Task { for lease in held.reversed() { try await release(lease) } }.value } catch {
            Story.standard.tell("a lease was not returned; it ends with this process")
        }
        return try result.get()
    }
}
