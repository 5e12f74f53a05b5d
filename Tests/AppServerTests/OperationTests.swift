import Foundation
import HTTPClient
import OpsModel
import ProcessClient
import TestSupport
import Testing

@testable import AppServer

@Suite struct OperationTests {
    @Test func pageBringsEverythingItselfUnderAStrictPolicy() async throws {
        try await withApp(["APP_WORKERS": "0"]) { app, _ in
            let page = try await app.get("/")
            #expect(page.status == 200)
            let policy = try #require(page.header("content-security-policy"))
            #expect(policy.contains("default-src 'none'"))
            #expect(!policy.contains("unsafe"))
            #expect(!page.text.contains("<style") && !page.text.contains("onclick") && !page.text.contains("style="))
            for path in ["/app.css", "/app.js", "/icon.svg"] {
                #expect(page.text.contains("\"\(path)\""))
                let asset = try await app.get(path)
                #expect(asset.status == 200)
                #expect(asset.header("x-content-type-options") == "nosniff")
            }
        }
    }

    @Test func everyResponseNamesReleaseAndRequest() async throws {
        try await withApp(["APP_WORKERS": "0"]) { app, _ in
            for path in ["/", "/healthz", "/nowhere", "/api/v1/jobs/x"] {
                let response = try await app.send("GET", path, headers: [("X-Request-Id", "abc-123")])
                #expect(response.header("x-release") == "test-1")
                #expect(response.header("x-request-id") == "abc-123")
            }
            let odd = try await app.send("GET", "/healthz", headers: [("X-Request-Id", "a b{\"x\"}")])
            #expect(odd.header("x-request-id")?.count == 16)
        }
    }

    @Test func manyIdleConnectionsUnderALowLimitOfOpenFilesDoNotEndTheServer() async throws {
        try await withApp(openFiles: 320) { app, _ in
            try await RawConnection.withIdle(400, app.base) {
                try await Task.sleep(for: .milliseconds(500))  // the server may take all that it will take
                #expect(try app.process.isRunning)
            }
            let id = try await app.accept(SampleFiles.picturePDF(side: 64))
            #expect(try await app.waitFor(id).text("status") == "completed")
        }
    }

    @Test func requestWhoseClientIsGoneIsCountedAndLeavesNothingInFlight() async throws {
        try await withApp(["APP_WORKERS": "0"]) { app, _ in
            for _ in 0..<5 {
                _ = try await RawConnection.send(app.base, "GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n")
                _ = try await app.send("HEAD", "/")
            }
            try await eventually("only the scrape itself is in flight") {
                let lines = try await app.get("/metrics").text.split(separator: "\n")
                return lines.contains("app_http_requests_in_flight 1")
                    && app.logText.contains("\"path\":\"/readyz\"")
            }
        }
    }

    @Test func textThatLooksLikeANumberStaysTextInTheLog() async throws {
        try await withApp(["APP_WORKERS": "0", "APP_RELEASE": "2"]) { app, _ in
            _ = try await app.send("GET", "/", headers: [("X-Request-Id", "7")])
            try await eventually("it is logged") { app.logText.contains("\"request_id\":\"7\"") }
            #expect(app.logText.contains("\"release\":\"2\""))
            #expect(app.logText.contains("\"status\":200"))
            #expect(app.logText.contains("\"aborted\":false"))
        }
    }

    @Test func pageKnowsTheLimitOfUploads() async throws {
        try await withApp(["APP_WORKERS": "0", "APP_MAX_UPLOAD_BYTES": "4096"]) { app, _ in
            let page = try await app.get("/")
            #expect(page.text.contains("data-limit=\"4096\""))
        }
    }

    @Test func metricsCountRequestsAndJobs() async throws {
        try await withApp { app, _ in
            let id = try await app.accept(SampleFiles.picturePDF(side: 64))
            _ = try await app.waitFor(id)
            let response = try await app.get("/metrics")
            #expect(response.header("content-type") == "text/plain; version=0.0.4; charset=utf-8")
            let lines = response.text.split(separator: "\n").map(String.init)
            #expect(
                lines.contains(
                    "app_http_requests_total{route=\"/api/v1/pdf/compress\",method=\"POST\",status=\"202\"} 1"))
            #expect(lines.contains("app_jobs{status=\"completed\"} 1"))
            #expect(lines.contains("app_queue_depth 0"))
            #expect(lines.contains("app_database_up 1"))
            #expect(lines.contains { $0.hasPrefix("app_job_duration_seconds_bucket{kind=\"pdf\",le=\"+Inf\"} 1") })
            #expect(lines.contains { $0.hasPrefix("process_resident_memory_bytes ") })
        }
    }

    @Test func logIsJSONWithoutQueriesAndNames() async throws {
        try await withApp(["APP_WORKERS": "0"]) { app, _ in
            _ = try await app.get("/api/v1/jobs/x/download?expires=1&signature=topsecret")
            _ = try await app.send(
                "POST", "/api/v1/pdf/compress",
                headers: [
                    ("Content-Type", "application/pdf"), ("Content-Disposition", "attachment; filename=private.pdf"),
                ],
                body: .bytes(SampleFiles.picturePDF(side: 32)))
            try await eventually("both are logged") {
                app.logText.split(separator: "\n").filter { $0.contains("\"message\":\"request\"") }.count == 2
            }
            #expect(!app.logText.contains("topsecret"))
            #expect(!app.logText.contains("private"))
            for line in app.logText.split(separator: "\n").dropFirst(0) where !line.hasPrefix("listening") {
                _ = try JSONSerialization.jsonObject(with: Data(line.utf8))
            }
        }
    }

    @Test func readinessFailsWithoutWorkersAndNamesThem() async throws {
        try await withApp(["APP_WORKERS": "0"]) { app, _ in
            let response = try await app.get("/readyz")
            #expect(response.status == 503)
            #expect(try response.json().text("cause") == "workers")
            #expect(try await app.get("/healthz").status == 200)
        }
    }

    @Test func readinessLooksAtMostOnceASecond() async throws {
        struct Counting: HealthComponent {
            let name = "counting"
            let type = "component"
            let needs: [String] = []
            let looks: Counter
            func examine() async throws -> HealthFinding.Outcome {
                looks.add()
                return .pass
            }
        }
        let looks = Counter()
        let readiness = Readiness(release: "r", components: [Counting(looks: looks)])
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<50 { group.addTask { _ = await readiness.report() } }
        }
        #expect(looks.count == 1)
    }

    @Test func whatDependsOnAFailedComponentIsNotACause() async throws {
        struct Fixed: HealthComponent {
            let name: String
            let type = "component"
            var needs: [String] = []
            func examine() async throws -> HealthFinding.Outcome { .fail("broken") }
        }
        let components: [any HealthComponent] = [Fixed(name: "b", needs: ["a"]), Fixed(name: "a")]
        let report = await Readiness(release: "r", components: components).report()
        #expect(report.cause == "a")
        #expect(report.checks["b:responseTime"]?.first?.status == .warn)
    }
}

@Suite struct CommandTests {
    private func run(_ arguments: [String], _ settings: [String: String]) async throws -> CommandResult {
        try await runCommand(
            Command(try AppProcess.program, arguments, environment: settings), timeout: .seconds(30))
    }

    @Test(arguments: ["serve", "worker", "check"])
    func badConfigurationEndsWith78AndListsAllProblems(_ command: String) async throws {
        let result = try await run(
            [command], ["APP_SIGNING_KEY": "tooshortsecret", "APP_WORKERS": "x", "APP_TYPO": "1"])
        #expect(result.status == 78)
        for name in [
            "APP_SIGNING_KEY", "APP_WORKERS", "APP_TYPO", "APP_DATABASE_URL", "APP_BUCKET_URL", "APP_SPOOL_DIR",
        ] {
            #expect(result.errors.contains("why:   \(name) "))
        }
        #expect(!result.errors.contains("tooshortsecret"))
        #expect(result.output.isEmpty)
    }

    @Test func serverRefusesToStartBehindTheSchema() async throws {
        try await withScratchDirectory { folder async throws in
            var settings = AppProcess.settings(in: folder)
            settings["APP_MIGRATE_ON_START"] = nil
            let refused = try await run(["serve"], settings)
            #expect(refused.status == 78)
            #expect(refused.errors.contains("fix:   appserver migrate"))
            #expect(try await run(["migrate", "--dry-run"], settings).output == "pending 1 jobs and workers\n")
            #expect(try await run(["migrate"], settings).output == "applied 1 jobs and workers\n")
            #expect(try await run(["migrate"], settings).output.hasPrefix("nothing to apply"))
        }
    }

    @Test func checkTestsEveryDependencyOnce() async throws {
        try await withScratchDirectory { folder async throws in
            var settings = AppProcess.settings(in: folder)
            _ = try await run(["migrate"], settings)
            let good = try await run(["check", "--format", "json"], settings)
            #expect(good.status == 0)
            #expect(good.output.contains("\"database:responseTime\""))
            settings["APP_REDIS_URL"] = "redis://127.0.0.1:1/0"
            let bad = try await run(["check"], settings)
            #expect(bad.status == 1)
            #expect(bad.output.contains("fail  redis"))
        }
    }

    @Test func portInUseIsADiagnostic() async throws {
        try await withApp(["APP_WORKERS": "0"]) { app, folder in
            let address = String(app.base.dropFirst("http://".count))
            let result = try await run(["serve"], AppProcess.settings(in: folder, ["APP_LISTEN": address]))
            #expect(result.status == 1)
            #expect(result.errors.contains("appserver: error: cannot listen"))
        }
    }
}
