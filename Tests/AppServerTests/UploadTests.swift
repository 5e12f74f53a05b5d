import Foundation
import HTTPClient
import ProcessClient
import TestSupport
import Testing

@testable import AppServer

@Suite struct UploadTests {
    @Test func uploadedPDFBecomesSmallerAndCanBeDownloaded() async throws {
        try await withApp { app, _ in
            let input = SampleFiles.picturePDF(side: 300)
            let accepted = try await app.upload(input)
            #expect(accepted.status == 202)
            let id = try accepted.json().text("id")
            #expect(accepted.header("location") == "/api/v1/jobs/\(id)")
            #expect(accepted.header("x-release") == "test-1")
            let job = try await app.waitFor(id)
            #expect(try job.text("status") == "completed")
            #expect(try job.text("outcome") == "compressed")
            let size = try job.number("output_bytes")
            #expect(size < input.count)
            let file = try await app.get(job.object("links").text("download"))
            #expect(file.status == 200)
            let head = try await app.send("HEAD", job.object("links").text("download"))
            #expect(head.header("content-length") == String(size))
            #expect(head.header("content-disposition") == file.header("content-disposition"))
            #expect(file.body.count == size)
            #expect(file.header("content-length") == String(size))
            #expect(file.body.starts(with: Array("%PDF-".utf8)))
            #expect(file.header("x-content-type-options") == "nosniff")
        }
    }

    @Test func formKeepsTheNameForTheDownloadOnly() async throws {
        try await withApp { app, folder in
            let name = "../R\u{e9}sum\u{e9}.pdf"
            let head =
                "--B\r\nContent-Disposition: form-data; name=\"preset\"\r\n\r\nsmall\r\n--B\r\n"
                + "Content-Disposition: form-data; name=\"file\"; filename=\"\(name)\"\r\n\r\n"
            let body = Array(head.utf8) + SampleFiles.picturePDF(side: 64) + Array("\r\n--B--\r\n".utf8)
            let accepted = try await app.upload(body, type: "multipart/form-data; boundary=B")
            let id = try accepted.json().text("id")
            let job = try await app.waitFor(id)
            #expect(try job.text("filename") == "R\u{e9}sum\u{e9}.pdf")
            #expect(try job.text("preset") == "small")
            let file = try await app.get(job.object("links").text("download"))
            #expect(file.header("content-disposition")?.contains("UTF-8''R%C3%A9sum%C3%A9-compressed.pdf") == true)
            let stored = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/bucket")
            #expect(stored.filter { !$0.contains("canary") }.allSatisfy { $0.contains(id) })
            #expect(!app.logText.contains("sum"))
        }
    }

    struct BadUpload: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let bytes: [UInt8]
        var type = "application/pdf"
        let status: Int
        let code: String
    }

    private static let good = SampleFiles.picturePDF(side: 64)

    @Test(arguments: [
        BadUpload(testDescription: "0 bytes", bytes: [], status: 422, code: "empty_file"),
        BadUpload(
            testDescription: "text", bytes: Array("hello".utf8), status: 415, code: "unsupported_media_type"),
        BadUpload(
            testDescription: "an image", bytes: SampleFiles.pngHead, status: 415, code: "unsupported_media_type"),
        BadUpload(testDescription: "truncated", bytes: good.dropLast(2000), status: 422, code: "unreadable"),
        BadUpload(
            testDescription: "wrong content type", bytes: good, type: "text/html", status: 415,
            code: "unsupported_media_type"),
        BadUpload(
            testDescription: "form without a file", bytes: Array("--B--\r\n".utf8),
            type: "multipart/form-data; boundary=B", status: 400, code: "missing_file"),
        BadUpload(
            testDescription: "form cut short",
            bytes: Array("--B\r\nContent-Disposition: form-data; name=file\r\n\r\n%PDF-1.4".utf8),
            type: "multipart/form-data; boundary=B", status: 400, code: "invalid_multipart"),
        BadUpload(
            testDescription: "form without boundary", bytes: good, type: "multipart/form-data", status: 400,
            code: "invalid_multipart"),
        BadUpload(
            testDescription: "too large", bytes: Array(repeating: 65, count: 200_000), status: 413,
            code: "file_too_large"),
    ])
    func unusableUploadGetsAClearProblemAndLeavesNothing(_ bad: BadUpload) async throws {
        try await withApp(["APP_MAX_UPLOAD_BYTES": "100000", "APP_WORKERS": "0"]) { app, folder in
            let response = try await app.upload(bad.bytes, type: bad.type)
            #expect(response.status == bad.status)
            #expect(try response.problemCode() == bad.code)
            #expect(try leftovers(in: folder).isEmpty)
        }
    }

    @Test func encryptedPDFIsRefusedAtOnce() async throws {
        try await withApp(["APP_WORKERS": "0"]) { app, _ in
            let response = try await app.upload(SampleFiles.lockedPDF)
            #expect(response.status == 422)
            #expect(try response.problemCode() == "password_required")
        }
    }

    @Test func limitHoldsWhileStreamingWithoutAnnouncedLength() async throws {
        try await withApp(["APP_MAX_UPLOAD_BYTES": "100000", "APP_WORKERS": "0"]) { app, folder in
            let chunk = "10000\r\n" + String(repeating: "A", count: 0x10000) + "\r\n"
            let request =
                "POST /api/v1/pdf/compress HTTP/1.1\r\nHost: x\r\nContent-Type: application/pdf\r\n"
                + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\n%PDF-\r\n" + chunk + chunk + "0\r\n\r\n"
            let answer = try await RawConnection.exchange(app.base, request)
            #expect(answer.hasPrefix("HTTP/1.1 413"))
            #expect(answer.contains("file_too_large"))
            #expect(try leftovers(in: folder).isEmpty)
        }
    }

    @Test func clientThatAsksIsInvitedToSendTheBodyUnlessItIsTooLarge() async throws {
        try await withApp(["APP_MAX_UPLOAD_BYTES": "100000", "APP_WORKERS": "0"]) { app, _ in
            let head =
                "POST /api/v1/pdf/compress HTTP/1.1\r\nHost: x\r\nContent-Type: application/pdf\r\n"
                + "Connection: close\r\nExpect: 100-continue\r\nContent-Length: "
            let invited = try await RawConnection.exchange(app.base, head + "5\r\n\r\nhello")
            #expect(invited.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 415 "))
            let refused = try await RawConnection.exchange(app.base, head + "900000\r\n\r\n")
            #expect(refused.hasPrefix("HTTP/1.1 413 "))
        }
    }

    @Test func brokenOffUploadLeavesNothing() async throws {
        try await withApp(["APP_WORKERS": "0"]) { app, folder in
            let request =
                "POST /api/v1/pdf/compress HTTP/1.1\r\nHost: x\r\nContent-Type: application/pdf\r\n"
                + "Content-Length: 500000\r\n\r\n%PDF-" + String(repeating: "A", count: 300_000)
            _ = try await RawConnection.send(app.base, request)
            try await eventually("the upload is in the log as broken off") {
                app.logText.contains("\"route\":\"/api/v1/pdf/compress\"")
            }
            #expect(try leftovers(in: folder).isEmpty)
        }
    }

    @Test func serverStartsCleanAfterACrash() async throws {
        try await withApp(["APP_WORKERS": "0"]) { app, folder in
            try app.process.signal(SIGKILL)
            try await eventually("it is dead") { try !app.process.isRunning }
            let abandoned = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/spool")
            FileManager.default.createFile(atPath: "\(folder)/spool/\(abandoned[0])/half", contents: Data([1]))
            let next = try await AppProcess.start(in: folder, AppProcess.settings(in: folder, ["APP_WORKERS": "0"]))
            #expect(try !FileManager.default.contentsOfDirectory(atPath: "\(folder)/spool").contains(abandoned[0]))
            try await next.process.stop(gracePeriod: .seconds(10))
        }
    }

    @Test func fullQueueTakesNoMore() async throws {
        try await withApp(["APP_WORKERS": "0", "APP_MAX_QUEUED_JOBS": "1"]) { app, _ in
            _ = try await app.accept(SampleFiles.picturePDF(side: 32))
            let response = try await app.upload(SampleFiles.picturePDF(side: 32))
            #expect(response.status == 503)
            #expect(response.header("retry-after") != nil)
            #expect(try response.problemCode() == "queue_full")
        }
    }

    @Test func memoryStaysFlatWhile200MegabytesStreamIn() async throws {
        try await withApp(["APP_WORKERS": "0", "APP_MAX_UPLOAD_BYTES": "\(512 << 20)"]) { app, folder in
            let path = "\(folder)/large.png"
            FileManager.default.createFile(atPath: path, contents: Data(SampleFiles.pngHead))
            truncate(path, 200 << 20)
            _ = try await app.get("/readyz")
            let before = try peakMemory(of: app)
            let response = try await app.send(
                "POST", "/api/v1/image/compress", headers: [("Content-Type", "image/png")], body: .file(path: path),
                timeout: .seconds(120))
            let growth = try peakMemory(of: app) - before
            #expect(response.status == 202)
            #expect(growth < 40 << 20, "grew by \(growth >> 20) MiB")
            print("peak memory grew by \(growth >> 10) KiB during a 200 MiB upload")
        }
    }

    /// Files of uploads in spool and bucket.
    private func leftovers(in folder: String) throws -> [String] {
        let spool = try FileManager.default.subpathsOfDirectory(atPath: "\(folder)/spool").filter {
            $0.contains("/") && !$0.hasSuffix(".lock")
        }
        let bucket = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/bucket")
        return spool + bucket.filter { !$0.contains("canary") }
    }

    /// The kernel's high-water mark of resident memory, in bytes.
    private func peakMemory(of app: AppProcess) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(app.process.pid)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return try #require(line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }) << 10
    }
}
