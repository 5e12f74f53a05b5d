import Foundation
import OpsModel
import PostgresClient
import RedisClient

/// What may be convenient on a laptop and must not reach production.
enum ProductionRules {
    static func apply(
        to environment: AppEnvironment, variables: [String: String], _ reader: inout ConfigurationReader
    ) {
        guard environment == .production else { return }
        if reader.text("APP_RELEASE") == nil {
            reader.report("APP_RELEASE", "is not set: production names its release")
        }
        judgeDatabase(&reader)
        judgeRedis(&reader)
        judgeBucket(&reader)
        if let key = reader.text("APP_SIGNING_KEY") { judge(Secret(key), "APP_SIGNING_KEY", "", &reader) }
    }

    private static func judgeDatabase(_ reader: inout ConfigurationReader) {
        let name = "APP_DATABASE_URL"
        guard let text = reader.text(name) else { return }
        guard !text.hasPrefix("sqlite:") else { return reader.report(name, "is SQLite; production needs Postgres") }
        guard let url = PostgresURL.parsed(text) else { return }  // reported when it was read
        if url.tlsMode != .verifyFull {
            reader.report(name, "has sslmode=\(url.tlsMode.rawValue); production needs verify-full")
        }
        guard let password = url.password else { return reader.report(name, "has no password") }
        judge(password, name, "its password ", &reader)
    }

    private static func judgeRedis(_ reader: inout ConfigurationReader) {
        let name = "APP_REDIS_URL"
        guard let text = reader.text(name) else {
            return reader.report(name, "is not set: production shares progress between instances through Redis")
        }
        guard let url = RedisURL.parsed(text) else { return }  // reported when it was read
        if !url.usesTLS { reader.report(name, "is not rediss://; production needs TLS") }
        guard let password = url.password else { return reader.report(name, "has no password") }
        judge(password, name, "its password ", &reader)
    }

    private static func judgeBucket(_ reader: inout ConfigurationReader) {
        let name = "APP_BUCKET_URL"
        guard let text = reader.text(name) else { return }
        guard !text.hasPrefix("file:") else { return reader.report(name, "is a folder; production needs S3") }
        if text.contains("endpoint=http://") || text.lowercased().contains("endpoint=http%3a") {
            reader.report(name, "has a plain http endpoint; production needs https")
        }
        if let secret = reader.text("APP_BUCKET_SECRET_KEY") {
            judge(Secret(secret), "APP_BUCKET_SECRET_KEY", "", &reader)
        }
    }

    private static func judge(_ secret: Secret, _ name: String, _ subject: String, _ reader: inout ConfigurationReader)
    {
        if let objection = SecretStrength.objection(to: secret) { reader.report(name, subject + objection) }
    }
}

extension PostgresURL {
    fileprivate static func parsed(_ text: String) -> PostgresURL? {
        do { return try PostgresURL(Secret(text)) } catch { return nil }
    }
}

extension RedisURL {
    fileprivate static func parsed(_ text: String) -> RedisURL? {
        do { return try RedisURL(Secret(text)) } catch { return nil }
    }
}
