import BucketClient
import Foundation
import HTTPClient
import LocalServices
import OpsModel
import ProcessClient
import TestSupport
import Testing

@testable import AppServer

/// The server on real Postgres, Redis and S3.
@Suite(.enabled(if: Requirement.everything.isMet, "services are not installed"), .serialized)
struct DependencyTests {
    @Test func jobOfOneInstanceIsDoneByAWorkerProcessAndWatchedThroughAnother() async throws {
        try await withServices { services in
            let front = try await services.start(["APP_WORKERS": "0"])
            let other = try await services.start(["APP_WORKERS": "0"])
            let worker = try services.startWorker()
            let input = SampleFiles.picturePDF(side: 1200)
            let id = try await front.accept(input)
            let names = try await Events.all(other, id).map(\.name)
            #expect(names.last == "completed")
            #expect(names.contains("processing"))
            let job = try await other.job(id)
            let file = try await other.get(job.object("links").text("download"))
            #expect(file.status == 200)
            #expect(try file.body.count == job.number("output_bytes"))
            #expect(file.body.count < input.count)
            for process in [front.process, other.process, worker] { try await process.stop(gracePeriod: .seconds(10)) }
        }
    }

    @Test func readinessNamesTheOneThatIsDown() async throws {
        try await withServices { services in
            let app = try await services.start(["APP_WORKERS": "1"])
            try await eventually("all is ready") { try await app.get("/readyz").status == 200 }
            let stops: [(name: String, stop: () async throws -> Void, start: () async throws -> Void)] = [
                (
                    "redis", { try await services.redis.stop() },
                    { _ = try await RedisNode.start(in: services.redis.folder) }
                ),
                (
                    "database", { try await services.postgres.stop(.fast) },
                    { _ = try await PostgresCluster.start(in: services.postgres.folder) }
                ),
                (
                    "bucket", { try services.gateway.process().signal(SIGSTOP) },
                    { try services.gateway.process().signal(SIGCONT) }
                ),
            ]
            for step in stops {
                try await step.stop()
                try await eventually("\(step.name) is named", within: .seconds(20)) {
                    let response = try await app.get("/readyz")
                    guard response.status == 503 else { return false }
                    #expect(try response.json().text("cause") == step.name)
                    #expect(response.header("content-type") == "application/health+json")
                    return true
                }
                #expect(try await app.get("/healthz").status == 200)
                try await step.start()
                try await eventually("all is ready again", within: .seconds(30)) {
                    try await app.get("/readyz").status == 200
                }
            }
            try await app.process.stop(gracePeriod: .seconds(10))
        }
    }

    @Test func jobSurvivesAStoreThatIsAwayForAWhile() async throws {
        try await withServices { services in
            let app = try await services.start(["APP_WORKERS": "0"])
            let id = try await app.accept(SampleFiles.picturePDF(side: 64))
            try services.gateway.process().signal(SIGSTOP)
            let worker = try services.startWorker()
            _ = try await app.waitFor(id, ["processing"])
            try services.gateway.process().signal(SIGCONT)
            #expect(try await app.waitFor(id).text("status") == "completed")
            for process in [app.process, worker] { try await process.stop(gracePeriod: .seconds(10)) }
        }
    }

    @Test func uploadWithoutDatabaseIsRefusedAndRetriable() async throws {
        try await withServices { services in
            let app = try await services.start(["APP_WORKERS": "0"])
            try await services.postgres.stop(.fast)
            let response = try await app.upload(SampleFiles.picturePDF(side: 32))
            #expect(response.status == 503)
            #expect(response.header("retry-after") != nil)
            #expect(try response.problemCode() == "database_unavailable")
            try await app.process.stop(gracePeriod: .seconds(10))
        }
    }
}

/// Own servers, since these tests stop them.
struct Services: Sendable {
    let folder: String
    let postgres: PostgresCluster
    let redis: RedisNode
    let gateway: RadosGateway
    /// What was started here, so that a failed test leaves nothing running.
    let started = Started()

    func settings(_ more: [String: String]) -> [String: String] {
        let own = [
            "APP_DATABASE_URL": postgres.url().reveal(),
            "APP_REDIS_URL": "\(redis.url().reveal())?cacert=\(redis.authority)",
            "APP_BUCKET_URL": "s3://app?endpoint=\(gateway.endpoint)&region=\(gateway.region)&addressing=path",
            "APP_BUCKET_ACCESS_KEY": gateway.accessKey, "APP_BUCKET_SECRET_KEY": gateway.secretKey.reveal(),
        ]
        return AppProcess.settings(in: folder, own.merging(more) { $1 })
    }

    func start(_ more: [String: String]) async throws -> AppProcess {
        let app = try await AppProcess.start(in: folder, settings(more))
        started.add(app.process)
        return app
    }

    func startWorker() throws -> ProcessIdentity {
        let process = try DetachedProcess.start(
            executable: AppProcess.program, arguments: ["worker", "--slots", "1"], environment: settings([:]),
            folder: folder, log: "\(folder)/worker.log")
        started.add(process)
        return process
    }
}

private func withServices(_ body: (Services) async throws -> Void) async throws {
    try await withScratchDirectory { folder async throws in
        try await withPostgresCluster { postgres async throws in
            try await withRedisNode { redis async throws in
                try await withOwnRadosGateway { gateway async throws in
                    let place = try S3Location(
                        endpoint: gateway.endpoint, region: gateway.region, bucket: "app", addressing: .path)
                    let credentials = S3Credentials(accessKey: gateway.accessKey, secretKey: gateway.secretKey)
                    try await S3Bucket(place, credentials: credentials, http: HTTPClient()).create()
                    let services = Services(folder: folder, postgres: postgres, redis: redis, gateway: gateway)
                    do { try await body(services) } catch {
                        try await services.started.stopAll()
                        throw error
                    }
                    try await services.started.stopAll()
                }
            }
        }
    }
}
