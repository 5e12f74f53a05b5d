import Synchronization

/// Bounds how many of a kind run at a time: each transfer to or from the bucket holds a blocking thread, each download a file,
/// and the rest of the server needs some too.
final class TransferGate: Sendable {
    private let limit: Int
    private let running = Mutex(0)

    init(limit: Int) { self.limit = limit }

    /// A place until the pass goes away. - Throws: `Problem` when too many run already.
    func enter() throws(Problem) -> TransferPass {
        let isFree = running.withLock { count in
            guard count < limit else { return false }
            count += 1
            return true
        }
        guard isFree else { throw Problem.busy() }
        return TransferPass(gate: self)
    }

    func passing<Value>(_ body: () async throws -> Value) async throws -> Value {
        let pass = try enter()
        defer { withExtendedLifetime(pass) {} }
        return try await body()
    }

    fileprivate func leave() { running.withLock { $0 -= 1 } }
}

/// One place in a gate, given back with its last owner.
final class TransferPass: Sendable {
    private let gate: TransferGate

    fileprivate init(gate: TransferGate) { self.gate = gate }

    deinit { gate.leave() }
}
