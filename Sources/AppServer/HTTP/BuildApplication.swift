import Hummingbird
import Logging
import NIOCore

/// The HTTP side of the server. `onListening` hears the port once connections are accepted. Beyond `connections` at a
/// time, clients wait in the kernel's queue.
func buildApplication(
    _ parts: AppParts, connections: Int, onListening: @escaping @Sendable (Int) async -> Void = { _ in }
) -> some ApplicationProtocol {
    let limit = parts.configuration.limits.maximumUploadBytes + UploadReceiver.multipartOverhead
    return Application(
        router: buildRouter(parts),
        // Longer than a load balancer keeps its own idle connections, so that it never sends into a closing one.
        server: .http1(
            configuration: .init(
                additionalChannelHandlers: [ContinueHandler(limit: limit)], idleTimeout: .seconds(75))),
        configuration: ApplicationConfiguration(
            address: .hostname(parts.configuration.listenHost, port: parts.configuration.listenPort), backlog: 1024,
            availableConnectionsDelegate: .maximum(connections, logger: quiet(parts.logger))),
        onServerRunning: { channel in await onListening(channel.localAddress?.port ?? 0) },
        logger: quiet(parts.logger))
}

func buildRouter(_ parts: AppParts) -> Router<AppContext> {
    let router = Router(context: AppContext.self, options: .autoGenerateHeadEndpoints)
    router.add(
        middleware: RequestEnvelope(release: parts.configuration.release, metrics: parts.metrics, logger: parts.logger))
    router.add(middleware: ProblemMiddleware(logger: parts.logger))
    OperationRoutes(parts: parts).add(to: router)
    PageRoutes(maximumUploadBytes: parts.configuration.limits.maximumUploadBytes).add(to: router)
    UploadRoutes(parts: parts).add(to: router)
    JobRoutes(parts: parts).add(to: router)
    DownloadRoute(parts: parts).add(to: router)
    return router
}

/// The framework tells about every connection; its warnings are enough.
private func quiet(_ logger: Logger) -> Logger {
    var logger = logger
    logger.logLevel = .warning
    return logger
}
