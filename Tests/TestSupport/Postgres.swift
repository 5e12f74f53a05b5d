import Foundation
package import LocalServices
package import OpsModel

/// A database of its own on the server that all tests of this process share.
package struct TestDatabase: Sendable {
    package let cluster: PostgresCluster
    package let name: String

    package func url(_ role: PostgresCluster.Role = .app) -> Secret { cluster.url(role, database: name) }

    /// Runs psql as superuser.
    @discardableResult
    package func sql(_ text: String) async throws -> String { try await cluster.sql(text, database: name) }
}

private let sharedPostgres = SharedService<PostgresCluster> {
    var options = PostgresCluster.Options()
    options.isDurable = false
    return try await PostgresCluster.start(in: SharedFolder.makeFolder("postgres"), options)
}

/// A fresh database for the length of `body`, with the roles and rights of a real one. For tests that break the server there is
/// `withPostgresCluster`.
package func withPostgres<Value>(
    isolation: isolated (any Actor)? = #isolation, _ body: (TestDatabase) async throws -> Value
) async throws -> Value {
    let cluster = try await sharedPostgres.instance()
    let database = TestDatabase(cluster: cluster, name: "t\(UInt64.random(in: .min ... .max))")
    try await cluster.createDatabase(database.name)
    return try await withCleanup {
        try await body(database)
    } cleanup: {
        try await cluster.dropDatabase(database.name)
    }
}

/// A server of its own for the length of `body`.
package func withPostgresCluster<Value>(
    _ options: PostgresCluster.Options = PostgresCluster.Options(), isolation: isolated (any Actor)? = #isolation,
    _ body: (PostgresCluster) async throws -> Value
) async throws -> Value {
    let folder = try SharedFolder.makeFolder("postgres")
    let cluster = try await PostgresCluster.start(in: folder, options)
    return try await withCleanup {
        try await body(cluster)
    } cleanup: {
        try await cluster.stop(.immediate)
        try FileManager.default.removeItem(atPath: folder)
    }
}
