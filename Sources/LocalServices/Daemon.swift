import Foundation
import Glibc
import OpsModel
import ProcessClient

/// One long-running program of a service.
struct Daemon: Sendable {
    /// For messages: `postgres replica`.
    let name: String
    let executable: String
    let arguments: [String]
    /// The arguments that no other process has, by which it is found again when its record was lost.
    let marks: [String]
    let account: ServiceAccount
    let folder: String
    /// Ports it must be able to listen on.
    let ports: [Int]

    var log: String { "\(folder)/\(name.split(separator: " ").joined(separator: "-")).log" }

    /// The recorded process if it runs, else one with our command line: it was started by an `up` that died before it could record it.
    func running(recorded: ProcessIdentity?) throws -> ProcessIdentity? {
        if let recorded, try recorded.isRunning { return recorded }
        let file = URL(filePath: executable).resolvingSymlinksInPath().lastPathComponent
        return try runningProcesses(of: file, arguments: marks).first
    }

    func start() throws -> ProcessIdentity {
        for port in ports where !isLoopbackPortFree(port) {
            throw LocalServiceError.portTaken(service: name, port: port, owner: try listener(on: port))
        }
        return try account.startDetached(executable, arguments, in: folder, log: log)
    }

    /// Waits until `isReady`; a daemon that ends first, or is not ready within `limit`, is an error, and no longer runs after it.
    func waitUntilReady(
        _ process: ProcessIdentity, within limit: Duration, _ isReady: () async throws -> Bool
    ) async throws {
        let deadline = ContinuousClock.now + limit
        while try await !isReady() {
            guard try process.isRunning else {
                throw LocalServiceError.notReady(service: name, log: log, evidence: "it ended: \(lastWords())")
            }
            guard ContinuousClock.now < deadline, !Task.isCancelled else {
                _ = try await process.stop(gracePeriod: .zero)
                throw LocalServiceError.notReady(
                    service: name, log: log, evidence: "not within \(limit.seconds) s: \(lastWords())")
            }
            try await Task.sleep(for: .milliseconds(15))
        }
    }

    private func lastWords() -> String {
        guard let log = FileManager.default.contents(atPath: log) else { return "its log cannot be read" }
        return lastLines(String(decoding: log.suffix(4096), as: UTF8.self))
    }
}

/// Stops helper programs of ours that outlived an `up` or `down` which was killed: they would write into what comes next.
func endLeftovers(of programs: [String], using folder: String) async throws {
    for process in try runningProcesses(of: programs, using: folder) {
        _ = try await process.stop(gracePeriod: .seconds(3))
    }
}
