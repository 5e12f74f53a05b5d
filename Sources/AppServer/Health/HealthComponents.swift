import BucketClient
import Cryptography
import Database
import OpsModel
import RedisClient

struct DatabaseHealth: HealthComponent {
    let name = "database"
    let type = "datastore"
    let needs: [String] = []
    let database: Database

    func examine() async throws -> HealthFinding.Outcome {
        let answer: Int? = try await database.query("SELECT 1 AS n").first?.get("n")
        return answer == 1 ? .pass : .fail("SELECT 1 did not give 1")
    }
}

struct MigrationHealth: HealthComponent {
    let name = "migrations"
    let type = "component"
    let needs = ["database"]
    let database: Database

    func examine() async throws -> HealthFinding.Outcome {
        let pending = try await database.pendingMigrations(AppSchema.migrations)
        return pending.isEmpty
            ? .pass : .fail("not applied: \(pending.map(\.name).joined(separator: ", ")); run appserver migrate")
    }
}

struct RedisHealth: HealthComponent {
    let name = "redis"
    let type = "datastore"
    let needs: [String] = []
    let redis: RedisLink
    let instance: String

    func examine() async throws -> HealthFinding.Outcome {
        let key = "app:canary:\(instance)"
        let value = hex(randomBytes(8))
        let replies = try await redis.send([["PING"], ["SET", key, value, "EX", "60"], ["GET", key]])
        if let refusal = replies.first(where: { $0.errorCode != nil }), case .error(let text) = refusal {
            return .fail("refused: \(text)")
        }
        return replies.count == 3 && replies[2].text == value ? .pass : .fail("GET did not give what SET stored")
    }
}

struct BucketHealth: HealthComponent {
    let name = "bucket"
    let type = "datastore"
    let needs: [String] = []
    let bucket: any Bucket
    let instance: String

    func examine() async throws -> HealthFinding.Outcome {
        // One key for the life of this process: looks that were cut short leave one object at most.
        let key = "canary/\(hex(sha256(Array(instance.utf8)).prefix(12)))"
        let content = randomBytes(64)
        try await bucket.put(key, .bytes(content), contentType: "application/octet-stream")
        let found = try await bucket.get(key, limit: 1024)
        try await bucket.delete(key)
        return found == content ? .pass : .fail("an object came back changed")
    }
}

struct SpoolHealth: HealthComponent {
    let name = "spool"
    let type = "system"
    let needs: [String] = []
    let spool: Spool
    let maximumUploadBytes: Int

    func examine() async throws -> HealthFinding.Outcome {
        let file = try SpoolFile(path: spool.newPath())
        defer { file.remove() }
        try await file.write(randomBytes(64))
        try await file.flush()
        let free = try spool.freeBytes()
        if free < 2 * maximumUploadBytes { return .fail("only \(free >> 20) MiB are free") }
        return free < 20 * maximumUploadBytes ? .warn("only \(free >> 20) MiB are free") : .pass
    }
}

struct WorkersHealth: HealthComponent {
    let name = "workers"
    let type = "component"
    let needs = ["database", "migrations"]
    let registry: WorkerRegistry
    /// Whether a missing worker is an error: it is not for `check`, which may run before the app does.
    let isRequired: Bool

    func examine() async throws -> HealthFinding.Outcome {
        let slots = try await registry.liveSlots()
        if slots > 0 { return .pass }
        let why = "no worker was seen within \(WorkerRegistry.freshness.text)"
        return isRequired ? .fail(why) : .warn(why)
    }
}
