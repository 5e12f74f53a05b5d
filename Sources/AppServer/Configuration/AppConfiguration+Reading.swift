import Database
import OpsModel
import PostgresClient
import RedisClient

extension AppConfiguration {
    /// Reads and judges all variables.
    /// - Throws: `AppServerError.configuration` with every problem there is.
    static func read(_ variables: [String: String]) throws(AppServerError) -> AppConfiguration {
        var reader = ConfigurationReader(variables)
        let environment = readEnvironment(&reader)
        let (host, port) = readListen(&reader)
        let database = readDatabase(&reader)
        let redis = readRedis(&reader)
        let bucket = BucketPlace.read(&reader)
        let key = readSigningKey(&reader, environment)
        let spool = readSpool(&reader)
        let limits = readLimits(&reader)
        let migratesOnStart = reader.flag("APP_MIGRATE_ON_START")
        let configuration: AppConfiguration? =
            if let database, let bucket, let key, let spool {
                AppConfiguration(
                    listenHost: host, listenPort: port, release: reader.text("APP_RELEASE") ?? "dev",
                    environment: environment, databaseURL: database, redisURL: redis, bucket: bucket, signingKey: key,
                    spoolFolder: spool, limits: limits, migratesOnStart: migratesOnStart)
            } else { nil }
        ProductionRules.apply(to: environment, variables: variables, &reader)
        guard let configuration, reader.problems.isEmpty else {
            throw .configuration(reader.problems.sorted { ($0.variable, $0.why) < ($1.variable, $1.why) })
        }
        return configuration
    }

    /// What `migrate` needs: the database only.
    static func readDatabaseURL(_ variables: [String: String]) throws(AppServerError) -> Secret {
        var reader = ConfigurationReader(variables)
        guard let url = readDatabase(&reader), reader.problems.isEmpty else { throw .configuration(reader.problems) }
        return url
    }

    private static func readLimits(_ reader: inout ConfigurationReader) -> AppLimits {
        AppLimits(
            workers: reader.number("APP_WORKERS", default: 1, in: 0...64),
            maximumUploadBytes: reader.number("APP_MAX_UPLOAD_BYTES", default: 100 << 20, in: 1024...(512 << 20)),
            maximumQueuedJobs: reader.number("APP_MAX_QUEUED_JOBS", default: 1000, in: 1...1_000_000),
            drainTimeout: reader.duration(
                "APP_DRAIN_TIMEOUT", default: .seconds(30), in: .seconds(1)...(.seconds(600))),
            retention: reader.duration(
                "APP_RETENTION", default: .seconds(86400), in: .seconds(1)...(.seconds(365 * 86400))))
    }

    private static func readEnvironment(_ reader: inout ConfigurationReader) -> AppEnvironment {
        guard let text = reader.required("APP_ENVIRONMENT", "local or production") else { return .production }
        guard let environment = AppEnvironment(rawValue: text) else {
            reader.report("APP_ENVIRONMENT", "must be local or production")
            return .production
        }
        return environment
    }

    private static func readListen(_ reader: inout ConfigurationReader) -> (host: String, port: Int) {
        let text = reader.text("APP_LISTEN") ?? "127.0.0.1:8080"
        guard let colon = text.lastIndex(of: ":"), colon != text.startIndex,
            let port = Int(text[text.index(after: colon)...]), (0...65535).contains(port)
        else {
            reader.report("APP_LISTEN", "must be host:port, for example 127.0.0.1:8080")
            return ("127.0.0.1", 0)
        }
        return (text[..<colon].filter { $0 != "[" && $0 != "]" }, port)
    }

    private static func readDatabase(_ reader: inout ConfigurationReader) -> Secret? {
        guard let text = reader.required("APP_DATABASE_URL", "postgresql://… or sqlite:///absolute/path.db") else {
            return nil
        }
        do {
            if text.hasPrefix("sqlite:") {
                _ = try Database.sqlitePath(of: text)
            } else {
                _ = try PostgresURL(Secret(text))
            }
            return Secret(text)
        } catch {
            reader.report("APP_DATABASE_URL", (error as? any DiagnosableError)?.diagnostic.why ?? "is not a URL")
            return nil
        }
    }

    private static func readRedis(_ reader: inout ConfigurationReader) -> RedisURL? {
        guard let text = reader.text("APP_REDIS_URL") else { return nil }
        do { return try RedisURL(Secret(text)) } catch {
            reader.report("APP_REDIS_URL", error.diagnostic.why)
            return nil
        }
    }

    private static func readSpool(_ reader: inout ConfigurationReader) -> String? {
        guard let path = reader.required("APP_SPOOL_DIR", "a folder for uploads on their way, on a disk") else {
            return nil
        }
        guard path.hasPrefix("/") else {
            reader.report("APP_SPOOL_DIR", "must be an absolute path")
            return nil
        }
        return path
    }

    private static func readSigningKey(
        _ reader: inout ConfigurationReader, _ environment: AppEnvironment
    ) -> SigningKey? {
        let name = "APP_SIGNING_KEY"
        guard let text = reader.required(name, "at least 64 hex digits: openssl rand -hex 32") else { return nil }
        let isHex = text.utf8.count.isMultiple(of: 2) && text.allSatisfy(\.isHexDigit) && text.utf8.count >= 32
        let digits = Array(text)
        let bytes =
            isHex
            ? stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(String(digits[$0...($0 + 1)]), radix: 16) }
            : Array(text.utf8)
        guard bytes.count >= 32 else {
            reader.report(name, "is too short: \(bytes.count * 8) bits, at least 256 are needed: openssl rand -hex 32")
            return nil
        }
        return SigningKey(bytes: bytes)
    }
}
