import Glibc

package enum StopOutcome: String, Sendable, Equatable {
    /// It had ended before.
    case notRunning
    /// It ended within the grace period.
    case exited
    /// It, or a process of its group, had to be killed.
    case killed
}

extension ProcessIdentity {
    /// Asks the process to end with `signal`, waits up to `gracePeriod`, then kills it; whatever is left of its group half a
    /// second later is killed too.
    /// Cancellation cuts the grace period short; the process is stopped all the same.
    package func stop(gracePeriod: Duration, signal: Int32 = SIGTERM) async throws -> StopOutcome {
        let members = try groupMembers()
        guard try self.signal(signal) else { return .notRunning }
        try self.signal(SIGCONT)  // a stopped process would not see the request
        let hasExited = try await waitForExit(atMost: gracePeriod)
        if !hasExited { try self.signal(SIGKILL, to: .group) }
        // Children often end by themselves once their parent is gone, and tidy up then.
        let momentLater = ContinuousClock.now + min(gracePeriod, .milliseconds(500))
        for member in members { _ = try await member.waitForExit(atMost: momentLater - .now) }
        var outcome = hasExited ? StopOutcome.exited : .killed
        for member in members where try member.signal(SIGKILL) { outcome = .killed }
        for process in [self] + members {
            guard try await process.vanishes(within: .seconds(10)) else {
                throw ProcessError.notSignalled(
                    pid: process.pid, signal: SIGKILL, reason: "still running 10 s after it")
            }
        }
        return outcome
    }

    /// Waits for the end of the process, at most until `limit` has passed or the task is cancelled.
    /// - Returns: whether the process has ended.
    package func waitForExit(atMost limit: Duration) async throws -> Bool {
        let deadline = ContinuousClock.now + limit
        var pause = Duration.milliseconds(1)
        while try isRunning {
            guard ContinuousClock.now < deadline, await rested(pause) else { return try !isRunning }
            pause = min(pause * 2, .milliseconds(20))
        }
        return true
    }

    /// As `waitForExit`, but also in a cancelled task: what was killed is gone within milliseconds.
    private func vanishes(within limit: Duration) async throws -> Bool {
        let deadline = ContinuousClock.now + limit
        while try isRunning {
            guard ContinuousClock.now < deadline else { return false }
            if await !rested(.milliseconds(1)) { usleep(1000) }
        }
        return true
    }

    /// - Returns: false when the task was cancelled.
    private func rested(_ pause: Duration) async -> Bool {
        do { try await Task.sleep(for: pause) } catch { return false }
        return true
    }

    /// The other processes of the group that this process leads; empty when it leads none.
    private func groupMembers() throws -> [ProcessIdentity] {
        guard let facts = try facts(), facts.group == pid else { return [] }
        return try allProcesses().compactMap { other in
            guard other != pid, let facts = try ProcessFacts.read(pid: other), facts.group == pid, !facts.hasEnded
            else { return nil }
            return ProcessIdentity(pid: other, startTicks: facts.startTicks, bootID: bootID)
        }
    }
}
