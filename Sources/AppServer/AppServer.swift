import ArgumentParser
import Foundation
import Glibc
import OpsModel

@main
struct AppServer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "appserver",
        abstract: "The compression app: HTTP API, page and workers.",
        discussion: "All settings come from APP_* environment variables; `appserver check` judges them.",
        subcommands: [
            ServeCommand.self, WorkerCommand.self, MigrateCommand.self, CheckCommand.self, CompressJobCommand.self,
        ])
}

/// Prints a diagnostic to standard error as `appserver: error: …` with its parts below.
func show(_ diagnostic: Diagnostic) {
    var text = "appserver: error: \(diagnostic.what)\n"
    let lines = diagnostic.why.split(separator: "\n")
    text += "  where: \(diagnostic.place)\n"
    for line in lines { text += "  why:   \(line)\n" }
    text += "  fix:   \(diagnostic.fix)\n"
    FileHandle.standardError.write(Data(text.utf8))
}

/// Runs a command's work, whose files are nobody else's, and turns what it throws into a diagnostic and an exit code of the table.
func exiting(_ body: () async throws -> Void) async throws {
    umask(0o077)
    do { try await body() } catch let error as any DiagnosableError {
        show(error.diagnostic)
        throw ExitCode(exitStatus(of: error).rawValue)
    }
}

private func exitStatus(of error: any DiagnosableError) -> ExitStatus {
    switch error {
    case AppServerError.configuration, AppServerError.pendingMigrations: .configuration
    default: error.diagnostic.id.hasPrefix("database.migration") ? .configuration : .negative
    }
}
