import Blocking

/// An exchange that ended before its answer came; `phase` says where.
package enum SocketInterruption: Error, Equatable {
    case timedOut(phase: String)
    case cancelled(phase: String)
}

/// Exchanges wait for servers that may be silent: they must not use up the threads of those that are not.
let patientExecutor = BlockingExecutor(maxThreads: 512)

/// Runs a synchronous exchange on a blocking thread. - Throws: what `body` throws, or `SocketInterruption`.
func exchanging<Value: Sendable>(
    with endpoint: String, timeout: Duration, _ body: @escaping @Sendable (Waiter) throws -> Value
) async throws -> Value {
    do {
        return try await blocking(timeout: timeout, on: patientExecutor, body)
    } catch WaitError.timedOut(let phase) {
        throw SocketInterruption.timedOut(phase: phase)
    } catch WaitError.cancelled(let phase) {
        throw SocketInterruption.cancelled(phase: phase)
    } catch WaitError.failed(let phase, let code) {
        throw SocketError.failed(endpoint: endpoint, phase: phase, errno: code)
    }
}
