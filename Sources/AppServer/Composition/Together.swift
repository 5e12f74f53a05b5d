import ServiceLifecycle

/// Several services as one: all hear of a shutdown at the same moment, instead of one after the other as in a
/// `ServiceGroup`, so that requests, event streams and compressions share one drain time.
struct Together: Service {
    let services: [any Service]

    /// Returns when all have ended. A service that ends although nobody asked it to brings the others down with it.
    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for service in services { group.addTask { try await service.run() } }
            while try await group.next() != nil {
                if !Task.isShuttingDownGracefully { group.cancelAll() }
            }
        }
    }
}
