import Foundation
package import LocalServices
package import OpsModel

/// Key prefixes of its own on the server that all tests of this process share.
package struct TestRedis: Sendable {
    package let node: RedisNode
    /// For user `app`: `app:<random>:`.
    package let appPrefix: String
    /// For users `probe` and `ops`: `opsctl:<random>:`.
    package let probePrefix: String

    package func url(_ user: RedisNode.User = .app) -> Secret { node.url(user) }
}

private let sharedRedis = SharedService<RedisNode> { try await RedisNode.start(in: SharedFolder.makeFolder("redis")) }

/// Fresh key prefixes for the length of `body`. For tests that break the server there is `withRedisNode`.
package func withRedis<Value>(
    isolation: isolated (any Actor)? = #isolation, _ body: (TestRedis) async throws -> Value
) async throws -> Value {
    let name = UInt64.random(in: .min ... .max)
    return try await body(
        TestRedis(node: sharedRedis.instance(), appPrefix: "app:\(name):", probePrefix: "opsctl:\(name):"))
}

/// A server of its own for the length of `body`.
package func withRedisNode<Value>(
    _ options: RedisNode.Options = RedisNode.Options(), isolation: isolated (any Actor)? = #isolation,
    _ body: (RedisNode) async throws -> Value
) async throws -> Value {
    let folder = try SharedFolder.makeFolder("redis")
    let node = try await RedisNode.start(in: folder, options)
    return try await withCleanup {
        try await body(node)
    } cleanup: {
        try await node.stop()
        try FileManager.default.removeItem(atPath: folder)
    }
}

/// Master, replica and three sentinels of its own for the length of `body`.
package func withRedisSentinel<Value>(
    _ options: RedisSentinel.Options = RedisSentinel.Options(), isolation: isolated (any Actor)? = #isolation,
    _ body: (RedisSentinel) async throws -> Value
) async throws -> Value {
    let folder = try SharedFolder.makeFolder("sentinel")
    let group = try await RedisSentinel.start(in: folder, options)
    return try await withCleanup {
        try await body(group)
    } cleanup: {
        try await group.stop()
        try FileManager.default.removeItem(atPath: folder)
    }
}
