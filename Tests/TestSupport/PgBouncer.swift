import Foundation
package import LocalServices

/// A PgBouncer of its own in front of a server of its own, for the length of `body`.
package func withPgBouncer<Value>(
    _ options: PgBouncerProcess.Options = PgBouncerProcess.Options(), isolation: isolated (any Actor)? = #isolation,
    _ body: (PgBouncerProcess, PostgresCluster) async throws -> Value
) async throws -> Value {
    try await withPostgresCluster { cluster in
        let folder = try SharedFolder.makeFolder("pgbouncer")
        let pooler = try await PgBouncerProcess.start(in: folder, for: cluster, options)
        return try await withCleanup {
            try await body(pooler, cluster)
        } cleanup: {
            try await pooler.stop()
            try FileManager.default.removeItem(atPath: folder)
        }
    }
}
