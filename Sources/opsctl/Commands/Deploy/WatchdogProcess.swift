import Deploy
import Foundation
import OpsModel
import ProcessClient

/// Starts `opsctl deploy watchdog` so that it outlives this process: as a transient unit where systemd runs, otherwise as a process
/// of a session of its own. Its environment is ours, since the configuration may refer to it; nothing of it is in an argument.
struct WatchdogProcess: WatchdogStarter {
    let project: Project

    func start(watching deployID: String) async throws -> String {
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let arguments = [
            "deploy", "watchdog", deployID, "--env", project.environmentName, "--project", project.folder,
        ]
        if Self.hasSystemd, let runner = findExecutable("systemd-run") {
            return try await startUnit(runner, [program] + arguments, deployID)
        }
        let folder = project.absolute(".opsctl/deploys")
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let process = try DetachedProcess.start(
            executable: program, arguments: arguments, environment: nil, folder: project.folder,
            log: "\(folder)/\(deployID)-watchdog.log")
        return "watchdog process \(process.pid)"
    }

    /// Whether systemd is this machine's init (sd_booted(3)).
    private static var hasSystemd: Bool { FileManager.default.fileExists(atPath: "/run/systemd/system") }

    private func startUnit(_ runner: String, _ command: [String], _ deployID: String) async throws -> String {
        let unit = "opsctl-watchdog-\(deployID)"
        // A name without a value is taken from our environment (systemd-run(1), --setenv).
        let variables = project.variables.keys.sorted().map { "--setenv=\($0)" }
        let run = Command(
            runner,
            ["--collect", "--quiet", "--unit", unit, "--working-directory", project.folder] + variables + command)
        _ = try await runCommand(run, timeout: .seconds(20)).checked(run)
        return "watchdog unit \(unit)"
    }
}
