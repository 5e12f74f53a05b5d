import Disk
import Foundation
package import OpsModel
package import ProcessClient

/// Runs each slot as one transient systemd unit of this machine.
///
/// systemd says what runs; a record in the folder says what ran last, since a transient unit is forgotten when it ends.
package struct SystemdRunner: SlotRunner {
    /// Runs a program to its end; tests answer from what was recorded.
    package typealias Runner = @Sendable (Command, Duration) async throws -> CommandResult

    let settings: Settings
    private let run: Runner

    /// The folder is created; its releases can be run by any account, its records and variables be read by ours only.
    package init(
        _ settings: Settings, run: @escaping Runner = { try await runCommand($0, timeout: $1) }
    ) throws {
        (self.settings, self.run) = (settings, run)
        for (path, mode) in [(settings.folder, 0o711), ("\(settings.folder)/releases", 0o711)] {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: mode])
        }
    }

    package func address(of slot: Slot) -> String { "http://127.0.0.1:\(settings.port(slot))" }

    func unit(_ slot: Slot) -> String { "opsctl-\(settings.service)-\(slot.rawValue)" }

    private func recordPath(_ slot: Slot) -> String { "\(settings.folder)/\(slot.rawValue).json" }

    private func lastRelease(_ slot: Slot) throws -> Release? {
        let path = recordPath(slot)
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        do { return try JSONDecoder().decode(Release.self, from: Data(contentsOf: URL(filePath: path))) } catch {
            throw RunnerError.record(path: path, why: "\(error)")
        }
    }

    private func facts(_ slot: Slot) async throws -> SystemdFacts {
        let command = Command("systemctl", ["show", "\(unit(slot)).service", "--property", SystemdFacts.properties])
        let result = try await run(command, .seconds(30)).checked(command)
        return try SystemdFacts(result.output, unit: unit(slot))
    }

    package func state(of slot: Slot) async throws -> SlotState {
        let facts = try await facts(slot)
        // What runs says itself which release it is: the record may be of an older start.
        return SlotState(
            release: facts.isRunning ? facts.release : try lastRelease(slot), isRunning: facts.isRunning,
            pid: facts.isRunning ? facts.pid : nil, log: "journalctl -u \(unit(slot))", restarts: facts.restarts)
    }

    package func lastLines(of slot: Slot, _ count: Int) async throws -> String {
        let command = Command(
            "journalctl", ["--unit", unit(slot), "--lines", String(count), "--output", "cat", "--no-pager"])
        return ProcessClient.lastLines(try await run(command, .seconds(30)).checked(command).output, count)
    }

    package func migrate(_ launch: ReleaseLaunch) async throws -> String {
        let program = try launch.keepArtifact(in: "\(settings.folder)/releases", mode: 0o755)
        let unit = "opsctl-\(settings.service)-migrate"
        return try await withVariables(launch, slot: .blue, unit: unit) { file in
            let arguments =
                ["--unit", unit, "--wait", "--pipe", "--collect", "--quiet"] + settings.properties(variables: file)
                + ["--", program] + launch.migrateArguments
            let result = try await runToItsEnd(Command("systemd-run", arguments), unit: unit)
            guard result.status == 0 else {
                throw RunnerError.migrationFailed(
                    status: result.status,
                    lastLines: ProcessClient.lastLines(result.errors.isEmpty ? result.output : result.errors))
            }
            return result.output
        }
    }

    /// When systemd-run is stopped, its unit goes on without it: it is stopped too.
    private func runToItsEnd(_ command: Command, unit: String) async throws -> CommandResult {
        do { return try await run(command, .seconds(600)) } catch {
            let stop = Command("systemctl", ["stop", "\(unit).service"])
            // A task of its own: it must run to its end although the caller is cancelled.
            let result = try await Task { try await run(stop, .seconds(60)) }.value
            // 5 is "not loaded": it had not begun, or has ended (systemctl(1), LSB exit codes).
            if result.status != 5 { try result.checked(stop) }
            throw error
        }
    }

    package func start(_ launch: ReleaseLaunch, in slot: Slot) async throws {
        let facts = try await facts(slot)
        if facts.isRunning {
            guard facts.release == launch.release else {
                throw RunnerError.occupied(slot: slot, release: facts.release?.name ?? "unknown")
            }
            return
        }
        guard isLoopbackPortFree(settings.port(slot)) else {
            throw RunnerError.portTaken(slot: slot, address: address(of: slot))
        }
        let program = try launch.keepArtifact(in: "\(settings.folder)/releases", mode: 0o755)
        if facts.isLoaded {
            // A failed unit keeps its name until it is forgotten.
            let forget = Command("systemctl", ["reset-failed", "\(unit(slot)).service"])
            try await run(forget, .seconds(30)).checked(forget)
        }
        // Before the start: what runs without a record would be forgotten when it ends.
        try DurableFile.write(try canonicalJSON(launch.release), to: recordPath(slot))
        try await withVariables(launch, slot: slot, unit: unit(slot)) { file in
            let command = Command(
                "systemd-run", startArguments(launch, slot, program: program, variables: file))
            try await run(command, .seconds(60)).checked(command)
        }
    }

    /// Everything but values: those stand in the file, which is gone once systemd has read it.
    func startArguments(_ launch: ReleaseLaunch, _ slot: Slot, program: String, variables: String) -> [String] {
        ["--unit", unit(slot), "--description", SystemdFacts.description(of: launch.release), "--service-type=exec"]
            + ["--quiet"] + settings.properties(variables: variables) + ["--", program] + launch.arguments
    }

    package func stop(_ slot: Slot) async throws {
        guard try await facts(slot).isRunning else { return }
        let command = Command("systemctl", ["stop", "\(unit(slot)).service"])
        try await run(command, settings.stopGrace + .seconds(60)).checked(command)
    }

    /// Writes the variables for the length of `body`; systemd reads the file as root, before it starts the program.
    private func withVariables<Value: Sendable>(
        _ launch: ReleaseLaunch, slot: Slot, unit: String, _ body: (String) async throws -> Value
    ) async throws -> Value {
        let path = "\(settings.folder)/\(unit).env"
        try DurableFile.write(
            SystemdFacts.environmentFile(launch.variables(slot: slot, port: settings.port(slot))), to: path)
        let result: Result<Value, any Error>
        do { result = .success(try await body(path)) } catch { result = .failure(error) }
        try FileManager.default.removeItem(atPath: path)
        return try result.get()
    }
}
