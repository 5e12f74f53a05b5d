import Cryptography
import Disk
import Foundation
package import OpsModel
import ProcessClient

/// Runs each slot as one detached process on this machine, known by its pid and start time.
package struct ProcessRunner: SlotRunner {
    package struct Endpoint: Sendable {
        package let host: String
        package let port: Int
        package init(host: String, port: Int) { (self.host, self.port) = (host, port) }
    }

    private let folder: String
    private let endpoints: [Slot: Endpoint]
    private let stopGrace: Duration

    /// `folder` holds releases, records and logs, and is created (mode 0700).
    package init(folder: String, blue: Endpoint, green: Endpoint, stopGrace: Duration) throws {
        (self.folder, endpoints, self.stopGrace) = (folder, [.blue: blue, .green: green], stopGrace)
        try FileManager.default.createDirectory(
            atPath: "\(folder)/releases", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    /// What is kept about a started slot; no environment, since that holds secrets.
    private struct Record: Codable {
        var release: Release
        var process: ProcessIdentity
        var log: String
    }

    private func recordPath(_ slot: Slot) -> String { "\(folder)/\(slot.rawValue).json" }

    private func record(_ slot: Slot) throws -> Record? {
        let path = recordPath(slot)
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        do {
            return try JSONDecoder().decode(Record.self, from: Data(contentsOf: URL(filePath: path)))
        } catch {
            throw RunnerError.record(path: path, why: "\(error)")
        }
    }

    package func state(of slot: Slot) async throws -> SlotState {
        guard let record = try record(slot) else {
            return SlotState(release: nil, isRunning: false, pid: nil, log: nil)
        }
        let isRunning = try record.process.isRunning
        return SlotState(
            release: record.release, isRunning: isRunning, pid: isRunning ? record.process.pid : nil, log: record.log)
    }

    package func lastLines(of slot: Slot, _ count: Int) async throws -> String {
        guard let log = try record(slot)?.log, FileManager.default.fileExists(atPath: log) else { return "" }
        let file = try FileHandle(forReadingFrom: URL(filePath: log))
        defer { try? file.close() }  // only read: closing cannot lose anything
        let size = try file.seekToEnd()
        try file.seek(toOffset: size > Self.evidenceLimit ? size - Self.evidenceLimit : 0)
        return ProcessClient.lastLines(String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self), count)
    }

    /// Bytes of a log that are looked at for its last lines.
    private static let evidenceLimit: UInt64 = 256 << 10

    package func address(of slot: Slot) -> String {
        let endpoint = endpoint(slot)
        return "http://\(endpoint.host):\(endpoint.port)"
    }

    private func endpoint(_ slot: Slot) -> Endpoint {
        guard let endpoint = endpoints[slot] else { preconditionFailure("both slots have an endpoint") }
        return endpoint
    }

    package func migrate(_ launch: ReleaseLaunch) async throws -> String {
        let program = try keep(launch)
        let environment = variables(launch, slot: .blue)
        let command = Command(program, launch.migrateArguments, environment: environment, workingDirectory: folder)
        let result = try await runCommand(command, timeout: .seconds(600))
        guard result.status == 0 else {
            throw RunnerError.migrationFailed(
                status: result.status,
                lastLines: ProcessClient.lastLines(result.errors.isEmpty ? result.output : result.errors))
        }
        return result.output
    }

    package func start(_ launch: ReleaseLaunch, in slot: Slot) async throws {
        if let record = try record(slot), try record.process.isRunning {
            guard record.release == launch.release else {
                throw RunnerError.occupied(slot: slot, release: record.release.name)
            }
            return
        }
        try await stopUnrecorded(slot)
        guard isLoopbackPortFree(endpoint(slot).port) else {
            throw RunnerError.portTaken(slot: slot, address: address(of: slot))
        }
        let program = try keep(launch)
        let log =
            "\(folder)/\(slot.rawValue)-\(launch.release.artifactDigest.prefix(8))-\(launch.release.configurationDigest.prefix(8)).log"
        let process = try DetachedProcess.start(
            executable: program, arguments: launch.arguments, environment: variables(launch, slot: slot),
            folder: folder, log: log)
        let record = Record(release: launch.release, process: process, log: log)
        do {
            try DurableFile.write(try canonicalJSON(record), to: recordPath(slot))
        } catch {
            _ = try await process.stop(gracePeriod: .zero)  // a process that nobody knows of must not be left
            throw error
        }
    }

    /// Processes of this slot that no record tells of: their deployer was killed between starting and recording them.
    private func stopUnrecorded(_ slot: Slot) async throws {
        let known = try record(slot)?.process
        for process in try runningProcesses(withVariable: Self.mark, recordPath(slot)) where process != known {
            _ = try await process.stop(gracePeriod: stopGrace)
        }
    }

    /// Environment variable by which a slot's processes are found again.
    private static let mark = "OPSCTL_SLOT"

    package func stop(_ slot: Slot) async throws {
        try await stopUnrecorded(slot)
        guard let record = try record(slot) else { return }
        _ = try await record.process.stop(gracePeriod: stopGrace)
    }

    /// Copies the artifact under its digest, so that building anew cannot change a release that runs.
    private func keep(_ launch: ReleaseLaunch) throws -> String {
        let kept = "\(folder)/releases/\(launch.release.artifactDigest)"
        if !FileManager.default.fileExists(atPath: kept) {
            try DurableFile.copy(launch.artifact, to: kept, mode: 0o700)
        }
        // What runs must be what its name says: the artifact may have been built anew, or the kept file been touched.
        guard hex(try sha256(fileAt: kept)) == launch.release.artifactDigest else {
            try FileManager.default.removeItem(atPath: kept)
            throw RunnerError.artifact(
                path: launch.artifact, why: "its content is not that of release \(launch.release.name)")
        }
        return kept
    }

    private func variables(_ launch: ReleaseLaunch, slot: Slot) -> [String: String] {
        let endpoint = endpoint(slot)
        var variables = launch.environment.mapValues { value in
            value.reveal().replacing("${slot:port}", with: String(endpoint.port)).replacing(
                "${slot:color}", with: slot.rawValue
            )
            .replacing("${release:name}", with: launch.release.name)
        }
        variables[Self.mark] = recordPath(slot)
        variables["PATH"] = variables["PATH"] ?? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        return variables
    }
}
