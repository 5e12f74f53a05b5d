import Foundation
import HTTPClient
import OpsModel
import ProcessClient
import TestSupport

/// The built `appserver` program, running.
struct AppProcess: Sendable {
    let process: ProcessIdentity
    let base: String
    let log: String
    let http = HTTPClient()

    /// The program that was built beside this test bundle.
    static var program: String {
        get throws {
            let mine = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            return "\(mine[..<(mine.lastIndex(of: "/") ?? mine.startIndex)])/appserver"
        }
    }

    /// Settings of an embedded instance: SQLite and a folder, everything below `folder`.
    static func settings(in folder: String, _ more: [String: String] = [:]) -> [String: String] {
        let standard = [
            "APP_ENVIRONMENT": "local", "APP_LISTEN": "127.0.0.1:0", "APP_DATABASE_URL": "sqlite://\(folder)/app.db",
            "APP_BUCKET_URL": "file://\(folder)/bucket", "APP_SPOOL_DIR": "\(folder)/spool",
            "APP_SIGNING_KEY": String(repeating: "5a", count: 32), "APP_RELEASE": "test-1",
            "APP_MIGRATE_ON_START": "true", "APP_WORKERS": "1",
        ]
        return standard.merging(more) { $1 }
    }

    /// Starts `serve`, with at most `openFiles` descriptors if given, and waits until it listens.
    static func start(
        in folder: String, _ settings: [String: String], openFiles: Int? = nil
    ) async throws -> AppProcess {
        let log = "\(folder)/app-\(UInt32.random(in: .min ... .max)).log"
        let process = try DetachedProcess.start(
            executable: openFiles == nil ? program : "/bin/sh",
            arguments: openFiles.map { ["-c", "ulimit -n \($0); exec '\(try program)' serve"] } ?? ["serve"],
            environment: settings, folder: folder, log: log)
        let prefix = "listening on "
        var base: String?
        try await eventually("appserver listens", within: .seconds(30)) {
            let text = String(decoding: FileManager.default.contents(atPath: log) ?? Data(), as: UTF8.self)
            base = text.split(separator: "\n").first { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
            guard try base != nil || process.isRunning else {
                throw ProcessError.notStarted(command: "appserver", reason: text)
            }
            return base != nil
        }
        return AppProcess(process: process, base: base ?? "", log: log)
    }

    var logText: String { String(decoding: FileManager.default.contents(atPath: log) ?? Data(), as: UTF8.self) }

    func send(
        _ method: String, _ path: String, headers: [(name: String, value: String)] = [], body: HTTPBody = .none,
        timeout: Duration = .seconds(60)
    ) async throws -> HTTPResponse {
        try await http.send(
            HTTPRequest(
                method, base + path, headers: headers, body: body, sink: .memory(limit: 64 << 20), timeout: timeout))
    }

    func get(_ path: String) async throws -> HTTPResponse { try await send("GET", path) }

    /// Sends a raw upload; a PDF unless said otherwise.
    func upload(
        _ bytes: [UInt8], to path: String = "/api/v1/pdf/compress", type: String = "application/pdf"
    ) async throws -> HTTPResponse {
        try await send("POST", path, headers: [("Content-Type", type)], body: .bytes(bytes))
    }

    /// Uploads a file that must be accepted; returns its job's identifier.
    func accept(_ bytes: [UInt8]) async throws -> String {
        let response = try await upload(bytes)
        guard response.status == 202 else { throw Refused(text: response.text) }
        return try response.json().text("id")
    }

    func job(_ id: String) async throws -> JSONObject { try await get("/api/v1/jobs/\(id)").json() }

    /// Waits until the job has one of `statuses`, and returns it.
    func waitFor(_ id: String, _ statuses: Set<String> = ["completed", "failed"]) async throws -> JSONObject {
        var last: JSONObject?
        try await eventually("job is \(statuses.sorted())", within: .seconds(60)) {
            let job = try await job(id)
            last = job
            return try statuses.contains(job.text("status"))
        }
        return try job(last)
    }

    private func job(_ last: JSONObject?) throws -> JSONObject {
        guard let last else { throw Refused(text: "no job") }
        return last
    }

    /// Processes that `process` started and that are compressing now.
    func children() throws -> [Int32] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap(Int32.init).filter { pid in
            let line = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") ?? Data()
            let words = line.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
            guard words.count > 2, words[1] == "compress-job", words[2] == "compress" else { return false }
            let status = String(
                decoding: FileManager.default.contents(atPath: "/proc/\(pid)/status") ?? Data(), as: UTF8.self)
            return status.contains("PPid:\t\(process.pid)\n")
        }
    }
}

struct Refused: Error { let text: String }

/// Runs the program for the length of `body`.
func withApp(
    _ more: [String: String] = [:], openFiles: Int? = nil,
    _ body: (AppProcess, _ folder: String) async throws -> Void
) async throws {
    try await withScratchDirectory { folder async throws in
        let app = try await AppProcess.start(in: folder, AppProcess.settings(in: folder, more), openFiles: openFiles)
        do {
            try await body(app, folder)
            try await app.process.stop(gracePeriod: .seconds(10))
        } catch {
            print(app.logText)
            try await app.process.stop(gracePeriod: .seconds(1))
            throw error
        }
    }
}
