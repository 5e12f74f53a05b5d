import Synchronization

/// Bounds how many files move between us and the bucket at a time: each holds a blocking thread, and the rest of the server
/// needs some too.
final class TransferGate: Sendable {
    private static let limit = 32
    private let running = Mutex(0)

    /// - Throws: `Problem` when too many run already.
    func passing<Value>(_ body: () async throws -> Value) async throws -> Value {
        let isFree = running.withLock { count in
            guard count < Self.limit else { return false }
            count += 1
            return true
        }
        guard isFree else { throw Problem.busy() }
        defer { running.withLock { $0 -= 1 } }
        return try await body()
    }
}
