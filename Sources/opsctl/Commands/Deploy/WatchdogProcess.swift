import Deploy
import Disk
import Foundation
import Glibc
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
        let folder = try evidenceFolder()
        let process = try DetachedProcess.start(
            executable: program, arguments: arguments, environment: nil, folder: project.folder,
            log: "\(folder)/\(deployID)-watchdog.log")
        return "watchdog process \(process.pid)"
    }

    private func evidenceFolder() throws -> String {
        let folder = project.absolute(".opsctl/deploys")
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        return folder
    }

    /// Whether systemd is this machine's init (sd_booted(3)).
    private static var hasSystemd: Bool { FileManager.default.fileExists(atPath: "/run/systemd/system") }

    private func startUnit(_ runner: String, _ command: [String], _ deployID: String) async throws -> String {
        // Of each starter its own: that of a deployer which died may still run.
        let unit = "opsctl-watchdog-\(deployID)-\(getpid())"
        // systemd shows everybody a unit's Environment=, but of an EnvironmentFile= only the path (systemd.exec(5)).
        let file = "\(try evidenceFolder())/\(unit).env"
        try DurableFile.write(SystemdFacts.environmentFile(project.variables), to: file)
        let run = Command(
            runner,
            [
                "--collect", "--quiet", "--unit", unit, "--working-directory", project.folder,
                "--property", "EnvironmentFile=\(file)",
            ] + command)
        _ = try await runCommand(run, timeout: .seconds(20)).checked(run)
        return "watchdog unit \(unit)"
    }
}
