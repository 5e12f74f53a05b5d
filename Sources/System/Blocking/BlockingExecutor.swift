import Glibc
import Synchronization

/// Threads that exist to block in C calls, so that the cooperative pool never does.
///
/// Threads are started when work waits and none is idle, up to `maxThreads`, and live as long as the process.
package final class BlockingExecutor: TaskExecutor {
    package static let shared = BlockingExecutor(maxThreads: 64)

    private struct State {
        var jobs: [UnownedJob] = []
        var head = 0
        var idle = 0
        var threads = 0
    }

    private let state = Mutex(State())
    private let available = Semaphore()
    private let maxThreads: Int

    package init(maxThreads: Int) { self.maxThreads = maxThreads }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let mustSpawn = state.withLock { state in
            state.jobs.append(job)
            guard state.jobs.count - state.head > state.idle, state.threads < maxThreads else { return false }
            state.threads += 1
            return true
        }
        if mustSpawn { spawn() }
        available.signal()
    }

    private func spawn() {
        var thread = pthread_t()
        let me = Unmanaged.passRetained(self).toOpaque()
        let result = pthread_create(
            &thread, nil,
            { argument in
                // Sound: `spawn` passed exactly this retained object, and pthread hands it over unchanged.
                Unmanaged<BlockingExecutor>.fromOpaque(argument!).takeRetainedValue().work()
                return nil
            }, me)
        precondition(result == 0, "cannot start a thread: errno \(result)")
        pthread_detach(thread)
    }

    private func work() {
        while true {
            state.withLock { $0.idle += 1 }
            available.wait()
            let job = state.withLock { state in
                state.idle -= 1
                let job = state.jobs[state.head]
                state.head += 1
                if state.head == state.jobs.count {
                    state.jobs.removeAll(keepingCapacity: true)
                    state.head = 0
                }
                return job
            }
            job.runSynchronously(on: asUnownedTaskExecutor())
        }
    }
}

/// A counting semaphore over sem_t, at a stable address for the life of the object.
private final class Semaphore: Sendable {
    // Sound: sem_t is made for use from many threads; the pointer itself never changes.
    nonisolated(unsafe) private let raw = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { sem_init(raw, 0, 0) }
    deinit {
        sem_destroy(raw)
        raw.deallocate()
    }
    func signal() { sem_post(raw) }
    func wait() { while sem_wait(raw) != 0 {} }
}
