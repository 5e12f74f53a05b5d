import BucketClient
import Cryptography
import Database
import Foundation
import Glibc
import Logging
import OpsModel

/// All parts of one process, wired once.
struct AppParts: Sendable {
    let configuration: AppConfiguration
    /// Names this process among the instances.
    let instance: String
    let database: Database
    let jobs: JobStore
    let registry: WorkerRegistry
    let bucket: any Bucket
    let redis: RedisLink?
    let board: any ProgressBoard
    let spool: Spool
    let child: CompressionChild
    let inspector: UploadInspector
    let signer: DownloadSigner
    let watcher: JobWatcher
    let readiness: Readiness
    let metrics: Metrics
    let processMetrics = ProcessMetrics()
    let transfers = TransferGate(limit: 32)
    let downloads = TransferGate(limit: 64)
    let queueBell: Bell
    let logger: Logger

    /// Opens what the configuration names. Postgres and Redis are connected to when first needed.
    static func assemble(
        _ configuration: AppConfiguration, logger: Logger, child: CompressionChild = .init(),
        workersRequired: Bool = true
    ) async throws -> AppParts {
        var options = DatabaseOptions()
        options.applicationName = "appserver/\(configuration.release.prefix(40))"
        options.maximumConnections = 8 + configuration.limits.workers
        let database = try await Database.open(configuration.databaseURL, options)
        let jobs = JobStore(database: database)
        let bucket = try configuration.bucket.open()
        let redis = configuration.redisURL.map(RedisLink.init)
        let board: any ProgressBoard = redis.map { RedisProgressBoard(redis: $0) } ?? DatabaseProgressBoard(jobs: jobs)
        let registry = WorkerRegistry(jobs: jobs)
        let instance = "\(hostName())/\(getpid())/\(hex(randomBytes(3)))"
        let spool = try Spool(root: configuration.spoolFolder)
        var components: [any HealthComponent] = [
            DatabaseHealth(database: database), MigrationHealth(database: database),
            BucketHealth(bucket: bucket, instance: instance),
            SpoolHealth(spool: spool, maximumUploadBytes: configuration.limits.maximumUploadBytes),
            WorkersHealth(registry: registry, isRequired: workersRequired),
        ]
        if let redis { components.insert(RedisHealth(redis: redis, instance: instance), at: 2) }
        return AppParts(
            configuration: configuration, instance: instance, database: database, jobs: jobs, registry: registry,
            bucket: bucket, redis: redis, board: board, spool: spool, child: child,
            inspector: UploadInspector(child: child), signer: DownloadSigner(configuration.signingKey),
            watcher: JobWatcher(jobs: jobs, board: board, logger: logger),
            readiness: Readiness(release: configuration.release, components: components), metrics: Metrics(),
            queueBell: Bell(), logger: logger)
    }

    /// - Throws: `AppServerError.pendingMigrations`, unless the configuration allows to apply them here.
    func requireSchema() async throws {
        if configuration.migratesOnStart {
            for migration in try await database.migrate(AppSchema.migrations) {
                logger.notice(
                    "migration applied",
                    metadata: ["version": .stringConvertible(migration.version), "name": "\(migration.name)"])
            }
        }
        let pending = try await database.pendingMigrations(AppSchema.migrations)
        guard pending.isEmpty else {
            throw AppServerError.pendingMigrations(pending.map { "\($0.version) \($0.name)" })
        }
    }

    func workerPool(slots: Int) -> WorkerPool {
        let runner = JobRunner(
            jobs: jobs, bucket: bucket, board: board, spool: spool, child: child, logger: logger, changed: watcher.bell)
        return WorkerPool(
            id: instance, slots: slots, release: configuration.release, drainTimeout: configuration.limits.drainTimeout,
            runner: runner, registry: registry, metrics: metrics, logger: logger, queueBell: queueBell)
    }

    var sweeper: Sweeper {
        Sweeper(
            jobs: jobs, registry: registry, bucket: bucket, retention: configuration.limits.retention, logger: logger)
    }
}

private func hostName() -> String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count) == 0 else { return "unknown" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
