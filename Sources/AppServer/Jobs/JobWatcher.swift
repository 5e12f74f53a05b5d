import Logging
import ServiceLifecycle
import Synchronization

/// Feeds everyone who watches a job. One look at the database a tick serves all watchers of this process, and jobs of
/// other processes are seen the same way.
final class JobWatcher: Service {
    private static let tick: Duration = .milliseconds(250)

    private struct State {
        var watchers: [String: [Int: AsyncStream<Job>.Continuation]] = [:]
        var nextID = 0
        var isClosed = false
    }

    private let jobs: JobStore
    private let board: any ProgressBoard
    private let logger: Logger
    private let state = Mutex(State())
    /// Rings when a job of this process changes and when somebody begins to watch.
    let bell = Bell()

    init(jobs: JobStore, board: any ProgressBoard, logger: Logger) {
        (self.jobs, self.board, self.logger) = (jobs, board, logger)
    }

    /// Hands `body` the states of a job from now on, the current one at each tick, until `body` returns.
    func watching<Value>(_ id: String, _ body: (AsyncStream<Job>) async throws -> Value) async throws -> Value {
        let (stream, continuation) = AsyncStream.makeStream(of: Job.self, bufferingPolicy: .bufferingNewest(1))
        let key = state.withLock { state in
            state.nextID += 1
            if state.isClosed { continuation.finish() }
            state.watchers[id, default: [:]][state.nextID] = continuation
            return state.nextID
        }
        defer {
            state.withLock { state in
                state.watchers[id]?[key] = nil
                if state.watchers[id]?.isEmpty == true { state.watchers[id] = nil }
            }
        }
        bell.ring()
        return try await body(stream)
    }

    /// Runs until graceful shutdown, then ends every stream.
    func run() async throws {
        await withGracefulShutdownHandler {
            while !Task.isShuttingDownGracefully, !Task.isCancelled {
                let ids = state.withLock { Array($0.watchers.keys) }
                await bell.wait(atMost: ids.isEmpty ? .seconds(5) : Self.tick)
                await look()
            }
        } onGracefulShutdown: {
            self.bell.ring()
            self.closeAll()
        }
        closeAll()
    }

    private func look() async {
        let ids = state.withLock { Array($0.watchers.keys) }
        guard !ids.isEmpty else { return }
        do {
            var found = try await jobs.find(ids)
            let running = found.filter { $0.status == .processing }.map(\.id)
            let progress = await board.progress(of: running)
            for index in found.indices where found[index].status == .processing {
                found[index].progress = progress[found[index].id] ?? found[index].progress
            }
            for job in found {
                let watchers = state.withLock { $0.watchers[job.id].map { Array($0.values) } ?? [] }
                for watcher in watchers { watcher.yield(job) }
            }
        } catch {
            logger.report(error, "cannot look at watched jobs", level: .warning)
        }
    }

    private func closeAll() {
        let all = state.withLock { state in
            state.isClosed = true
            return state.watchers.values.flatMap(\.values)
        }
        for continuation in all { continuation.finish() }
    }
}
