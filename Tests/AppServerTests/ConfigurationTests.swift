import Testing

@testable import AppServer

@Suite struct ConfigurationTests {
    private let good = AppProcess.settings(in: "/tmp/x")
    private let production = [
        "APP_ENVIRONMENT": "production", "APP_RELEASE": "7",
        "APP_DATABASE_URL": "postgresql://app:kq83hfm2z9xw4vb7nt5jp6ry1cd0gsea@db:5432/app?sslmode=verify-full",
        "APP_REDIS_URL": "rediss://app:q9w8e7r6t5y4u3i2o1p0a9s8d7f6g5h4@redis:6379/0",
        "APP_BUCKET_URL": "s3://files?endpoint=https://s3.example.org&region=eu-west-1&addressing=path",
        "APP_BUCKET_ACCESS_KEY": "AKIA5", "APP_BUCKET_SECRET_KEY": "wJalrXUtnFEMIK7MDENGbPxRfiCYzR8tQvLk2pNs",
        "APP_SIGNING_KEY": "9f2c4e8a1b7d3f605c8e2a4b6d9f1e3c7a5b8d2f4e6c9a1b3d5f7e8c2a4b6d91",
        "APP_SPOOL_DIR": "/var/spool/app",
    ]

    private func problems(_ settings: [String: String]) -> [ConfigurationProblem] {
        do { _ = try AppConfiguration.read(settings) } catch AppServerError.configuration(let problems) {
            return problems
        } catch { Issue.record(error) }
        return []
    }

    @Test func embeddedSettingsAreAccepted() { #expect(problems(good).isEmpty) }

    @Test func everyProblemIsListedAtOnce() {
        let found = problems([
            "APP_ENVIRONMENT": "staging", "APP_LISTEN": "nowhere", "APP_WORKERS": "many", "APP_SIGNING_KEY": "abc",
            "APP_RETENTION": "1 day", "APP_DATABSE_URL": "x",
        ])
        let names = Set(found.map(\.variable))
        #expect(
            names.isSuperset(of: [
                "APP_ENVIRONMENT", "APP_LISTEN", "APP_WORKERS", "APP_SIGNING_KEY", "APP_RETENTION", "APP_DATABASE_URL",
                "APP_DATABSE_URL", "APP_BUCKET_URL", "APP_SPOOL_DIR",
            ]))
    }

    @Test func misspeltVariableGetsTheNearestName() {
        let found = problems(good.merging(["APP_WORKER": "2"]) { $1 })
        #expect(found.map(\.why) == ["is not a variable of this server; did you mean APP_WORKERS?"])
    }

    @Test func soundProductionSettingsAreAccepted() { #expect(problems(production).isEmpty) }

    @Test(arguments: [
        ("APP_DATABASE_URL", "sqlite:///var/app.db"),
        ("APP_DATABASE_URL", "postgresql://app:kq83hfm2z9xw4vb7nt5jp6ry1cd0gsea@db/app?sslmode=require"),
        ("APP_DATABASE_URL", "postgresql://app:short@db/app?sslmode=verify-full"),
        ("APP_DATABASE_URL", "postgresql://app@db/app?sslmode=verify-full"),
        ("APP_REDIS_URL", "redis://app:q9w8e7r6t5y4u3i2o1p0a9s8d7f6g5h4@redis:6379/0"),
        ("APP_REDIS_URL", ""), ("APP_REDIS_URL", "rediss://redis:6379/0"),
        ("APP_BUCKET_URL", "file:///var/bucket"), ("APP_BUCKET_URL", "s3://files?endpoint=http://minio:9000"),
        ("APP_BUCKET_SECRET_KEY", "minioadminminioadminminioadminmi"),
        ("APP_SIGNING_KEY", "changeme-changeme-changeme-changeme-changeme"),
        ("APP_SIGNING_KEY", "0000000000000000000000000000000000000000000000000000000000000000"),
        ("APP_RELEASE", ""),
    ])
    func weakProductionSettingIsRefused(_ name: String, _ value: String) {
        #expect(problems(production.merging([name: value]) { $1 }).map(\.variable) == [name])
    }

    @Test func noProblemQuotesAValue() {
        let secret = "hunter2hunter2"
        let found = problems(
            good.merging(["APP_SIGNING_KEY": secret, "APP_DATABASE_URL": "postgresql://a:\(secret)@/"]) { $1 })
        #expect(found.count == 2)
        #expect(!found.contains { $0.why.contains(secret) })
    }
}
