import ArgumentParser
import Foundation
import Glibc
import Hummingbird
import Logging
import NIOCore
import OpsModel
import ServiceLifecycle
import UnixSignals

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Answer HTTP requests and run APP_WORKERS compressions at a time.")

    func run() async throws {
        try await exiting {
            let configuration = try AppConfiguration.read(ProcessInfo.processInfo.environment)
            let openFiles = try ProcessGuard.enter()
            let parts = try await AppParts.assemble(configuration, logger: makeLogger())
            try await parts.requireSchema()
            var services: [any Service] = [parts.watcher, parts.sweeper]
            if configuration.limits.workers > 0 {
                try await parts.registry.beat(
                    worker: parts.instance, release: configuration.release, slots: configuration.limits.workers)
                services.append(parts.workerPool(slots: configuration.limits.workers))
            }
            let host = configuration.listenHost
            services.append(
                buildApplication(parts, connections: ProcessGuard.connections(openFiles: openFiles)) { port in
                    // The one line on standard output: what started us learns the address from it.
                    let address = "http://\(host.contains(":") ? "[\(host)]" : host):\(port)"
                    FileHandle.standardOutput.write(Data("listening on \(address)\n".utf8))
                })
            do { try await runUntilStopped(services, parts) } catch let error as IOError {
                throw AppServerError.listen(address: "\(host):\(configuration.listenPort)", why: "\(error)")
            }
        }
    }
}

/// Runs services until SIGTERM or SIGINT, drains them, and removes this process' spool.
func runUntilStopped(_ services: [any Service], _ parts: AppParts) async throws {
    signal(SIGPIPE, SIG_IGN)
    var configuration = ServiceGroupConfiguration(
        services: [.init(service: Together(services: services))], gracefulShutdownSignals: [.sigterm, .sigint],
        logger: quietLifecycle(parts.logger))
    configuration.maximumGracefulShutdownDuration = parts.configuration.limits.drainTimeout
    parts.logger.notice(
        "started", metadata: ["release": "\(parts.configuration.release)", "instance": "\(parts.instance)"])
    do { try await ServiceGroup(configuration: configuration).run() } catch is CancellationError {
        parts.logger.warning("the drain time was over before all work was done")
    }
    try parts.spool.close()
    parts.logger.notice("stopped", metadata: ["instance": "\(parts.instance)"])
}

private func quietLifecycle(_ logger: Logger) -> Logger {
    var logger = logger
    logger.logLevel = .warning
    return logger
}
