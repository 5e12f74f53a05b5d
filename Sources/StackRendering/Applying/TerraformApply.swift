import Foundation
import Glibc
import OpsModel
import ProcessClient

/// Runs `terraform apply` so that nothing but Terraform itself ends it: in a session of its own, writing to a file. Killing
/// opsctl leaves it running to its end; cancelling asks it once to stop, and then waits for what is under way.
struct TerraformApply: Sendable {
    let run: LayerRun
    /// Where Terraform writes, and who it is.
    let log: String
    let identityFile: String

    /// How an apply ended, as far as its log tells.
    enum Ending: Sendable, Equatable {
        case applied(ApplyLog.Summary)
        case failed(why: String)
        /// It ended without a word: killed, or the machine went down.
        case silent
    }

    init(run: LayerRun, folder: String, name: String) {
        (self.run, log) = (run, "\(folder)/\(name).log")
        identityFile = "\(folder)/\(name).process.json"
    }

    func perform(
        _ arguments: [String], tell: @escaping @Sendable (ApplyLog.Event) -> Void
    ) async throws -> (Ending, ApplyLog) {
        // The log is of this apply alone.
        if FileManager.default.fileExists(atPath: log) {
            try failing(at: log) { try FileManager.default.removeItem(atPath: log) }
        }
        let process = try DetachedProcess.start(
            executable: run.terraform.path, arguments: ["apply", "-json", "-no-color", "-input=false"] + arguments,
            environment: run.terraform.environment, folder: run.folder, log: log)
        try failing(at: identityFile) {
            try canonicalJSON(process).write(to: URL(filePath: identityFile), options: .atomic)
        }
        var reader = LogReader(path: log)
        var isAsked = false
        while try process.isRunning {
            for event in try reader.read() { tell(event) }
            if Task.isCancelled, !isAsked { isAsked = try process.signal(SIGINT) }
            await pause()
        }
        for event in try reader.read() { tell(event) }
        return (Self.ending(reader.log), reader.log)
    }

    static func ending(_ log: ApplyLog) -> Ending {
        if !log.errors.isEmpty { return .failed(why: log.errors.joined(separator: "; ")) }
        return log.summary.map(Ending.applied) ?? .silent
    }

    /// Rests a moment, in a cancelled task too: Terraform is waited for in any case.
    private func pause() async {
        do { try await Task.sleep(for: .milliseconds(100)) } catch { usleep(100_000) }
    }
}

/// Reads what was appended to a log since the last time, whole lines only.
private struct LogReader {
    let path: String
    private(set) var log = ApplyLog()
    private var offset: UInt64 = 0
    private var rest = Data()

    init(path: String) { self.path = path }

    mutating func read() throws -> [ApplyLog.Event] {
        let file = try failing(at: path) { try FileHandle(forReadingFrom: URL(filePath: path)) }
        let new = try failing(at: path) {
            defer { _ = close(file) }
            try file.seek(toOffset: offset)
            return try file.readToEnd() ?? Data()
        }
        offset += UInt64(new.count)
        rest += new
        var events: [ApplyLog.Event] = []
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            if let event = log.take(String(decoding: rest[..<end], as: UTF8.self)) { events.append(event) }
            rest = rest[rest.index(after: end)...]
        }
        return events
    }

    private func close(_ file: FileHandle) -> Bool {
        do { try file.close() } catch { return false }  // it was only read
        return true
    }
}
