import ArgumentParser
import Foundation
import Glibc
import OpsConfiguration
import OpsModel

@main
struct Opsctl: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "opsctl",
        abstract: "Production readiness that runs: probes, gated blue/green deploys, Terraform stacks, evidence.",
        discussion: """
            A first session on one machine:

              opsctl local up            # real Postgres, Redis, S3 and HAProxy
              opsctl probe run           # is everything there that the app depends on?
              opsctl deploy run --release 1
              opsctl deploy history
              opsctl local down

            Exit codes are the same for every command: opsctl help exit-codes
            """,
        version: "0.1.0",
        subcommands: [
            DoctorCommand.self, SchemaCommand.self, EnvCommand.self, ProbeCommand.self, DeployCommand.self,
            SmokeCommand.self,
            StackCommand.self, DrillCommand.self, LocalCommand.self, ExitCodesCommand.self,
        ])

    /// Parses, runs, and is the one place that prints an error and chooses an exit code for it.
    static func main() async {
        _ = programEnvironment
        forgetPostgresEnvironment()
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let error as ConfigurationError {
            Story.standard.report(error.diagnostics)
            leave(.configuration)
        } catch let error as any DiagnosableError {
            Story.standard.report([error.diagnostic])
            leave(exitStatus(of: error))
        } catch let status as ExitStatus {
            leave(status)
        } catch let exit as ExitWith {
            Glibc.exit(exit.code)
        } catch  where exitCode(for: error) == .failure {
            Story.standard.report([
                Diagnostic(
                    "internal", what: "the command could not finish", place: "opsctl", why: "\(error)",
                    fix: "mend what the reason names, then repeat; opsctl doctor shows what is installed")
            ])
            leave(.inconclusive)
        } catch {
            exit(withError: error)
        }
    }

    /// libpq would take passwords and settings from PG… variables behind the configuration's back.
    private static func forgetPostgresEnvironment() {
        for name in programEnvironment.keys where name.hasPrefix("PG") { unsetenv(name) }
    }

    private static func leave(_ status: ExitStatus) -> Never { Glibc.exit(status.rawValue) }
}

/// The environment as it was when the program started.
let programEnvironment = ProcessInfo.processInfo.environment

/// A command throws its exit status after it has printed its result.
extension ExitStatus: Error {}
