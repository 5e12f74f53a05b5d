import Compression
import Foundation
import Glibc
import OpsModel
import Subprocess
import SystemPackage

/// How a compression process ended.
enum ChildOutcome: Sendable, Equatable {
    case report(CompressionReport)
    case failure(code: String, message: String)
    /// It died or hung without a last word.
    case crashed(String)
}

/// Runs this very program again as `compress-job`: a process of its own, in a session of its own, without our environment,
/// so that a hostile file meets limits and no secrets.
struct CompressionChild: Sendable {
    /// The program to run; tests put their own here.
    var executable = "/proc/self/exe"

    func run(
        _ mode: CompressJobMode, _ request: CompressionRequest, _ limits: ChildLimits,
        onProgress: @escaping @Sendable (CompressionProgress) async -> Void
    ) async throws -> ChildOutcome {
        let arguments =
            [
                "compress-job", mode.rawValue, request.inputPath, request.outputPath, request.kind.rawValue,
                request.preset.rawValue, "--address-space", String(limits.addressSpaceBytes),
                "--cpu-seconds", String(limits.cpuSeconds), "--file-bytes", String(limits.fileBytes),
                "--parent", String(getpid()),
            ]
        let pid = PidBox()
        let outcome = try await withThrowingTaskGroup(of: ChildOutcome.self) { group in
            group.addTask { try await execute(arguments, pid, onProgress) }
            group.addTask {
                try await Task.sleep(for: limits.deadline)
                pid.killGroup()
                return .crashed("no end within \(limits.deadline.text)")
            }
            defer { group.cancelAll() }
            guard let first = try await group.next() else { throw CancellationError() }
            return first
        }
        try Task.checkCancellation()
        return outcome
    }

    private func execute(
        _ arguments: [String], _ pid: PidBox, _ onProgress: @escaping @Sendable (CompressionProgress) async -> Void
    ) async throws -> ChildOutcome {
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [
            .gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .milliseconds(100))
        ]
        let configuration = Subprocess.Configuration(
            executable: .path(FilePath(executable)), arguments: Arguments(arguments),
            environment: .custom(Self.environment),
            platformOptions: options)
        let result = try await Subprocess.run(configuration, input: .none, output: .sequence, error: .discarded) {
            execution -> WorkerMessage? in
            pid.set(execution.processIdentifier.value)
            var last: WorkerMessage?
            for try await line in execution.standardOutput.strings() {
                guard let message = try WorkerProtocol.decode(line: line.utf8) else { continue }
                if case .progress(let progress) = message { await onProgress(progress) } else { last = message }
            }
            return last
        }
        switch result.closureResult {
        case .report(let report): return .report(report)
        case .failure(let code, let message): return .failure(code: code, message: message)
        case .progress, nil: return .crashed("ended by \(result.terminationStatus) without a report")
        }
    }

    /// Only what the loader and the allocator need.
    private static var environment: [Environment.Key: String] {
        var variables: [Environment.Key: String] = ["MALLOC_ARENA_MAX": "1", "SWIFT_BACKTRACE": "enable=no"]
        if let path = getenv("LD_LIBRARY_PATH") { variables["LD_LIBRARY_PATH"] = String(cString: path) }
        return variables
    }
}
