import ProcessClient
import Synchronization

/// Processes that a test has started and must not outlive it.
final class Started: Sendable {
    private let processes = Mutex<[ProcessIdentity]>([])

    func add(_ process: ProcessIdentity) { processes.withLock { $0.append(process) } }

    func stopAll() async throws {
        for process in processes.withLock({ $0 }) { try await process.stop(gracePeriod: .seconds(1)) }
    }
}
