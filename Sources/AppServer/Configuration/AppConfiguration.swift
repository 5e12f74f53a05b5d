import OpsModel
import RedisClient

enum AppEnvironment: String, Sendable, CaseIterable { case local, production }

/// Everything that the server takes from outside, read once at start from `APP_*` variables and checked as a whole.
struct AppConfiguration: Sendable {
    var listenHost: String
    /// 0 lets the kernel choose.
    var listenPort: Int
    var release: String
    var environment: AppEnvironment
    var databaseURL: Secret
    var redisURL: RedisURL?
    var bucket: BucketPlace
    var signingKey: SigningKey
    var spoolFolder: String
    var limits: AppLimits
    var migratesOnStart: Bool

    /// Every variable there is; any other `APP_*` variable is an error.
    static let variables = [
        "APP_LISTEN", "APP_RELEASE", "APP_ENVIRONMENT", "APP_DATABASE_URL", "APP_REDIS_URL", "APP_BUCKET_URL",
        "APP_BUCKET_ACCESS_KEY", "APP_BUCKET_SECRET_KEY", "APP_SIGNING_KEY", "APP_SPOOL_DIR", "APP_WORKERS",
        "APP_MAX_UPLOAD_BYTES", "APP_MAX_QUEUED_JOBS", "APP_DRAIN_TIMEOUT", "APP_RETENTION", "APP_MIGRATE_ON_START",
    ]
}

/// How much, how many and how long.
struct AppLimits: Sendable {
    /// Compressions that this process runs at a time; 0 leaves them to `appserver worker`.
    var workers: Int
    var maximumUploadBytes: Int
    var maximumQueuedJobs: Int
    var drainTimeout: Duration
    var retention: Duration
}

/// The key that download URLs are signed with; at least 256 bits. Neither printable nor encodable.
struct SigningKey: Sendable {
    let bytes: [UInt8]
}

/// One thing that is wrong with one variable. Never holds a value.
struct ConfigurationProblem: Sendable, Equatable {
    let variable: String
    let why: String
}
