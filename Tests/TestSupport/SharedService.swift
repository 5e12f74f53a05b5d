/// One service for the whole test process, started by the first test that asks.
actor SharedService<Service: Sendable> {
    private let start: @Sendable () async throws -> Service
    private var started: Task<Service, any Error>?

    init(_ start: @escaping @Sendable () async throws -> Service) { self.start = start }

    func instance() async throws -> Service {
        if let started { return try await started.value }
        // A task of its own, because a cancelled test must not take the service away from the others.
        let task = Task { [start] in try await start() }
        started = task
        return try await task.value
    }
}
