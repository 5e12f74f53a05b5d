import Glibc
import OpsModel
import Subprocess
import Synchronization
import SystemPackage

/// Runs `command` in a session of its own and collects what it prints.
///
/// On timeout and on cancellation its whole process group gets TERM, 300 ms later KILL: no grandchild that stayed in the group
/// is left. A program that ends normally may leave background children behind.
/// - Throws: `ProcessError`; a non-zero exit is a result, not an error.
package func runCommand(_ command: Command, timeout: Duration, outputLimit: Int = 8 << 20) async throws -> CommandResult
{
    let group = Mutex<Int32?>(nil)
    let outcome = await race(timeout: timeout) {
        try await execute(command, outputLimit: outputLimit) { pid in group.withLock { $0 = pid } }
    }
    let isStopped = outcome.timedOut || Task.isCancelled
    // The child may have obeyed TERM while a grandchild ignored it.
    if isStopped, let leader = group.withLock({ $0 }) { kill(-leader, SIGKILL) }
    switch outcome.result {
    case .success(let result) where outcome.timedOut:
        throw ProcessError.timedOut(command: command.line, after: timeout, evidence: lastLines(result.errors))
    case _ where outcome.timedOut: throw ProcessError.timedOut(command: command.line, after: timeout, evidence: "")
    case _ where Task.isCancelled: throw ProcessError.cancelled(command: command.line)
    case .success(let result): return result
    case .failure(let error as SubprocessError): throw translated(error, command, outputLimit)
    case .failure(let error): throw error
    }
}

private struct RaceOutcome: Sendable {
    let result: Result<CommandResult, any Error>
    let timedOut: Bool
}

/// Runs `body`; cancels it after `timeout` and still waits for it to end.
private func race(
    timeout: Duration, _ body: @escaping @Sendable () async throws -> CommandResult
) async -> RaceOutcome {
    await withTaskGroup(of: RaceOutcome?.self) { group in
        group.addTask {
            do { return RaceOutcome(result: .success(try await body()), timedOut: false) } catch {
                return RaceOutcome(result: .failure(error), timedOut: false)
            }
        }
        group.addTask {
            do { try await Task.sleep(for: timeout) } catch {
                return nil  // the command ended first, or the caller was cancelled
            }
            return RaceOutcome(result: .failure(CancellationError()), timedOut: true)
        }
        var timedOut = false
        while let outcome = await group.next() {
            guard let outcome else { continue }
            group.cancelAll()
            if outcome.timedOut {
                timedOut = true
            } else {
                return RaceOutcome(result: outcome.result, timedOut: timedOut)
            }
        }
        preconditionFailure("the command's task always reports")
    }
}

private func execute(
    _ command: Command, outputLimit: Int, started: @escaping @Sendable (Int32) -> Void
) async throws -> CommandResult {
    var options = PlatformOptions()
    options.createSession = true
    options.teardownSequence = [.gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .milliseconds(300))]
    let configuration = Configuration(
        executable: command.executable.contains("/") ? .path(FilePath(command.executable)) : .name(command.executable),
        arguments: Arguments(command.arguments),
        environment: command.environment.map { variables in
            .custom(
                Dictionary(uniqueKeysWithValues: variables.map { (Environment.Key(stringLiteral: $0.key), $0.value) }))
        } ?? .inherit,
        workingDirectory: command.workingDirectory.map { FilePath($0) },
        platformOptions: options)
    let result =
        if let input = command.input {
            try await Subprocess.run(
                configuration, input: .array(input), output: .bytes(limit: outputLimit),
                error: .bytes(limit: outputLimit)
            ) { started($0.processIdentifier.value) }
        } else {
            try await Subprocess.run(
                configuration, input: .none, output: .bytes(limit: outputLimit), error: .bytes(limit: outputLimit)
            ) { started($0.processIdentifier.value) }
        }
    return CommandResult(
        status: code(of: result.terminationStatus), output: String(decoding: result.standardOutput, as: UTF8.self),
        errors: String(decoding: result.standardError, as: UTF8.self))
}

private func code(of status: TerminationStatus) -> Int32 {
    switch status {
    case .exited(let code): code
    case .signaled(let signal): 128 + signal
    }
}

private func translated(_ error: SubprocessError, _ command: Command, _ limit: Int) -> ProcessError {
    switch error.code {
    case .executableNotFound: .notFound(executable: command.executable)
    case .outputLimitExceeded: .outputTooLarge(command: command.line, limit: limit)
    default: .notStarted(command: command.line, reason: "\(error)")
    }
}
