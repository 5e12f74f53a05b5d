import Dispatch
import Glibc
import OpsModel
import Synchronization

/// Runs `body`, and cancels it on SIGINT or SIGTERM: it stops its children and removes its scratch files before the program
/// leaves with the signal's exit code.
func interruptible<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
    let work = Task { try await body() }
    let cause = Mutex<ExitStatus?>(nil)
    let sources = [(SIGINT, ExitStatus.interrupted), (SIGTERM, .terminated)].map { number, status in
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler {
            cause.withLock { $0 = status }
            work.cancel()
        }
        source.resume()
        return source
    }
    let result = await work.result
    for source in sources { source.cancel() }
    if let status = cause.withLock({ $0 }) { throw status }
    return try result.get()
}
