import Foundation
import HTTPClient
import OpsModel
import ProcessClient
import Synchronization
import TestSupport
import Testing

@testable import AppServer

@Suite struct JobTests {
    @Test func unknownJobIsAProblem() async throws {
        try await withApp(["APP_WORKERS": "0"]) { app, _ in
            for path in [JobID.make(), "..%2fetc", "x"].flatMap({ ["/api/v1/jobs/\($0)", "/api/v1/jobs/\($0)/events"] })
            {
                let response = try await app.get(path)
                #expect(response.status == 404)
                #expect(try response.problemCode().hasSuffix("not_found"))
            }
        }
    }

    @Test func eventsTellEveryStateAndEnd() async throws {
        try await withApp { app, _ in
            let id = try await app.accept(SampleFiles.picturePDF(side: 800))
            let events = try await Events.all(app, id)
            let names = events.map(\.name)
            #expect(names.last == "completed")
            #expect(names.dropLast().allSatisfy { $0 == "queued" || $0 == "processing" })
            #expect(names == names.sorted { Events.order($0) < Events.order($1) })
            #expect(Set(events.map(\.id)).count == events.count)
            let last = try #require(events.last)
            #expect(last.data.contains("\"download\":\"/api/v1/jobs/\(id)/download?expires="))
        }
    }

    @Test func reconnectingAfterTheEndIsToldToStop() async throws {
        try await withApp { app, _ in
            let id = try await app.accept(SampleFiles.picturePDF(side: 64))
            let last = try #require(try await Events.all(app, id).last)
            let again = try await app.send("GET", "/api/v1/jobs/\(id)/events", headers: [("Last-Event-ID", last.id)])
            #expect(again.status == 204)
        }
    }

    @Test func killedCompressionIsTriedAgainAndCompletes() async throws {
        try await withApp { app, _ in
            let id = try await app.accept(SampleFiles.picturePDF(side: 2000))
            try await killChild(of: app)
            let job = try await app.waitFor(id)
            #expect(try job.text("status") == "completed")
            #expect(try job.number("attempts") == 2)
        }
    }

    @Test func compressionThatDiesThreeTimesFails() async throws {
        try await withApp { app, _ in
            let id = try await app.accept(SampleFiles.picturePDF(side: 2000))
            for _ in 0..<3 { try await killChild(of: app) }
            let job = try await app.waitFor(id)
            #expect(try job.text("status") == "failed")
            #expect(try job.object("error").text("code") == "worker_crashed")
        }
    }

    @Test func jobOfAKilledServerIsCompletedByAnother() async throws {
        try await withApp { app, folder in
            let id = try await app.accept(SampleFiles.picturePDF(side: 2500))
            _ = try await app.waitFor(id, ["processing"])
            try await eventually("a child compresses") { try !app.children().isEmpty }
            try app.process.signal(SIGKILL)
            let other = try await AppProcess.start(in: folder, AppProcess.settings(in: folder))
            let job = try await other.waitFor(id)
            #expect(try job.text("status") == "completed")
            #expect(try job.number("attempts") == 2)
            try await other.process.stop(gracePeriod: .seconds(10))
        }
    }

    @Test func drainHandsARunningJobBackWithoutCountingTheAttempt() async throws {
        try await withApp(["APP_DRAIN_TIMEOUT": "1s"]) { app, folder in
            let id = try await app.accept(SampleFiles.picturePDF(side: 4000))
            try await eventually("a child compresses") { try !app.children().isEmpty }
            try app.process.signal(SIGTERM)
            try await eventually("the server has ended", within: .seconds(15)) { try !app.process.isRunning }
            let other = try await AppProcess.start(in: folder, AppProcess.settings(in: folder, ["APP_WORKERS": "0"]))
            let job = try await other.job(id)
            #expect(try job.text("status") == "queued")
            #expect(try job.number("attempts") == 0)
            try await other.process.stop(gracePeriod: .seconds(10))
        }
    }

    @Test func drainFinishesRequestsInFlightAndEndsEventStreams() async throws {
        try await withApp(["APP_WORKERS": "0"]) { app, _ in
            let id = try await app.accept(SampleFiles.picturePDF(side: 32))
            let first = Mutex(false)
            async let stream = app.http.send(
                HTTPRequest(
                    "GET", app.base + "/api/v1/jobs/\(id)/events",
                    sink: .each { _ in
                        first.withLock { $0 = true }; return true
                    },
                    timeout: .seconds(30)))
            try await eventually("the stream has begun") { first.withLock { $0 } }
            async let slow = RawConnection.slowUpload(app.base, SampleFiles.picturePDF(side: 32)) {
                try app.process.signal(SIGTERM)
            }
            #expect(try await slow.hasPrefix("HTTP/1.1 202"))
            #expect(try await stream.status == 200)
            try await eventually("the server has ended", within: .seconds(15)) { try !app.process.isRunning }
            #expect(app.logText.contains("\"message\":\"stopped\""))
        }
    }

    @Test func finishedJobsAreDeletedAfterTheRetentionTime() async throws {
        try await withApp(["APP_RETENTION": "1s"]) { app, folder in
            let id = try await app.accept(SampleFiles.picturePDF(side: 32))
            try await eventually("the job is gone", within: .seconds(20)) {
                try await app.get("/api/v1/jobs/\(id)").status == 404
            }
            let left = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/bucket")
            #expect(!left.contains { $0.contains(id) })
        }
    }

    @Test func downloadBeforeTheEndAndWithABadLinkIsAProblem() async throws {
        try await withApp(["APP_WORKERS": "0"]) { app, _ in
            let id = try await app.accept(SampleFiles.picturePDF(side: 32))
            let signer = DownloadSigner(SigningKey(bytes: Array(repeating: 0x5A, count: 32)))
            let early = try await app.get(signer.url(for: id))
            #expect(early.status == 409)
            #expect(try early.problemCode() == "job_not_finished")
            let old = try await app.get(signer.url(for: id, now: Date(timeIntervalSinceNow: -10_000)))
            #expect(old.status == 403)
            #expect(try old.problemCode() == "url_expired")
            let forged = try await app.get(signer.url(for: JobID.make()).replacing(#/[0-9a-f-]{36}/#, with: id))
            #expect(forged.status == 403)
            #expect(try forged.problemCode() == "bad_signature")
        }
    }

    /// Waits for a compression and kills it the hard way.
    private func killChild(of app: AppProcess) async throws {
        var killed: Int32?
        try await eventually("a child compresses", within: .seconds(20)) {
            killed = try app.children().first
            if let killed { kill(killed, SIGKILL) }
            return killed != nil
        }
        try await eventually("it is gone") { try !app.children().contains(killed ?? 0) }
    }
}
