import ArgumentParser
import Foundation
import OpsModel
import ServiceLifecycle

struct WorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker", abstract: "Run compressions only, for the queue of all instances.")

    @Option(help: "Compressions at a time; default: APP_WORKERS, at least 1.") var slots: Int?

    func run() async throws {
        try await exiting {
            let configuration = try AppConfiguration.read(ProcessInfo.processInfo.environment)
            _ = try ProcessGuard.enter()
            let parts = try await AppParts.assemble(configuration, logger: makeLogger())
            try await parts.requireSchema()
            let count = max(1, slots ?? configuration.limits.workers)
            print("working on \(count) at a time")
            try await runUntilStopped([parts.workerPool(slots: count), parts.sweeper], parts)
        }
    }
}
