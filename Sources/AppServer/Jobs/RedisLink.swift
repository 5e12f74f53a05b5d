import OpsModel
import RedisClient

/// One Redis session that is opened when needed and opened again after a failure.
actor RedisLink {
    private let url: RedisURL
    private var connection: RedisConnection?
    private var failedAt: ContinuousClock.Instant?

    init(_ url: RedisURL) { self.url = url }

    nonisolated var location: String { url.description }

    /// For what can be left out: while Redis is failing, nobody waits for it again and again.
    func sendUnlessFailing(_ commands: [[String]]) async throws -> [RedisValue] {
        if let failedAt, failedAt.duration(to: .now) < .seconds(3) {
            throw RedisError.timedOut(server: url.endpoint, phase: "rest after a failure")
        }
        return try await send(commands, timeout: .milliseconds(500))
    }

    /// - Throws: `RedisError`, `SocketError`; error replies are values.
    func send(_ commands: [[String]], timeout: Duration = .seconds(2)) async throws -> [RedisValue] {
        do {
            let replies = try await usable(timeout).send(commands, timeout: timeout)
            failedAt = nil
            return replies
        } catch {
            (connection, failedAt) = (nil, .now)
            throw error
        }
    }

    private func usable(_ timeout: Duration) async throws -> RedisConnection {
        if let connection, connection.isUsable { return connection }
        let fresh = try await RedisConnection.open(url, timeout: timeout)
        connection = fresh
        return fresh
    }
}
