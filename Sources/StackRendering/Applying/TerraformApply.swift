import Foundation
import Glibc
import OpsModel
import ProcessClient

/// Runs `terraform apply` so that nothing but Terraform itself ends it: in a session of its own, writing to a file. Killing
/// opsctl leaves it running to its end; cancelling asks it once to stop, and then waits for what is under way.
struct TerraformApply: Sendable {
    /// Where Terraform leaves a state that it could not save.
    static let unsavedState = "errored.tfstate"

    let run: LayerRun
    /// Where Terraform writes.
    let log: String

    /// How an apply ended, as far as its log tells.
    enum Ending: Sendable, Equatable {
        case applied(ApplyLog.Summary)
        case failed(why: String)
        /// Nobody can say how it ended: it was killed, or could not be watched, or its state could not be saved.
        case unknown(why: String)
    }

    init(run: LayerRun, folder: String, name: String) { (self.run, log) = (run, "\(folder)/\(name).log") }

    /// - Throws: only before Terraform has been started; from then on it is waited for, whatever goes wrong here.
    func perform(
        _ arguments: [String], tell: @escaping @Sendable (ApplyLog.Event) -> Void
    ) async throws -> Ending {
        // The log is of this apply alone.
        if FileManager.default.fileExists(atPath: log) {
            try failing(at: log) { try FileManager.default.removeItem(atPath: log) }
        }
        let process = try DetachedProcess.start(
            executable: run.terraform.path, arguments: ["apply", "-json", "-no-color", "-input=false"] + arguments,
            environment: run.terraform.environment, folder: run.folder, log: log)
        var reader = LogReader(path: log)
        var watch = Watch()
        while watch.sees(process) {
            watch.noting { for event in try reader.read() { tell(event) } }
            if Task.isCancelled { watch.askToStop(process) }
            await pause()
        }
        watch.noting { for event in try reader.read() { tell(event) } }
        return ending(reader.log, watch.fault)
    }

    private func ending(_ log: ApplyLog, _ fault: (any Error)?) -> Ending {
        let unsaved = "\(run.folder)/\(Self.unsavedState)"
        if FileManager.default.fileExists(atPath: unsaved) {
            return .unknown(why: "its state could not be saved and lies in \(unsaved)")
        }
        if let fault {
            return .unknown(
                why: "it could not be watched: \((fault as? any DiagnosableError)?.diagnostic.why ?? "unknown")")
        }
        if !log.errors.isEmpty { return .failed(why: log.errors.joined(separator: "; ")) }
        return log.summary.map(Ending.applied) ?? .unknown(why: "terraform ended without saying how")
    }

    /// Rests a moment, in a cancelled task too: Terraform is waited for in any case.
    private func pause() async {
        await Task { do { try await Task.sleep(for: .milliseconds(100)) } catch {} }.value  // nobody cancels this one
    }
}

/// Looks after a running Terraform; what goes wrong on the way is kept, and never ends the waiting.
private struct Watch {
    private(set) var fault: (any Error)?
    private var isAsked = false

    /// Whether the process still runs; one that cannot be looked at for a minute counts as ended, and the fault tells.
    private var blindLooks = 0

    mutating func sees(_ process: ProcessIdentity) -> Bool {
        do {
            let isRunning = try process.isRunning
            blindLooks = 0
            return isRunning
        } catch {
            fault = fault ?? error
            blindLooks += 1
            return blindLooks < 600
        }
    }

    mutating func noting(_ body: () throws -> Void) {
        do { try body() } catch { fault = fault ?? error }
    }

    /// Asks once.
    mutating func askToStop(_ process: ProcessIdentity) {
        guard !isAsked else { return }
        do { isAsked = try process.signal(SIGINT) } catch { fault = fault ?? error }
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
}
