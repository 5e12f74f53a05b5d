import ArgumentParser
import Database
import Foundation
import OpsModel

struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Bring the database's schema up to this release.")

    @Flag(help: "Show what would be applied, and apply nothing.") var dryRun = false

    func run() async throws {
        try await exiting {
            let url = try AppConfiguration.readDatabaseURL(ProcessInfo.processInfo.environment)
            let database = try await Database.open(url)
            let migrations =
                dryRun
                ? try await database.pendingMigrations(AppSchema.migrations)
                : try await database.migrate(AppSchema.migrations)
            for migration in migrations {
                print("\(dryRun ? "pending" : "applied") \(migration.version) \(migration.name)")
            }
            if migrations.isEmpty { print("nothing to apply: \(database.location) is up to date") }
        }
    }
}
