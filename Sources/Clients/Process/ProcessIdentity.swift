import CLinux
import Glibc
import OpsModel

/// One process of one boot: a pid that the kernel reuses never matches the process that had it before.
package struct ProcessIdentity: Codable, Sendable, Equatable {
    package let pid: Int32
    /// Field 22 of `/proc/PID/stat`: clock ticks between boot and the start of the process.
    package let startTicks: UInt64
    package let bootID: String

    package init(pid: Int32, startTicks: UInt64, bootID: String) {
        (self.pid, self.startTicks, self.bootID) = (pid, startTicks, bootID)
    }

    /// The process that has `pid` now; nil when there is none. A zombie still counts here.
    package static func of(pid: Int32) throws -> ProcessIdentity? {
        guard let facts = try ProcessFacts.read(pid: pid) else { return nil }
        return ProcessIdentity(pid: pid, startTicks: facts.startTicks, bootID: try currentBootID())
    }

    /// Whether this very process still runs. A zombie has ended.
    package var isRunning: Bool {
        get throws {
            guard let facts = try facts() else { return false }
            if facts.hasEnded { DetachedProcess.reap(pid) }
            return !facts.hasEnded
        }
    }

    /// What `/proc` says, if the process is still this one.
    func facts() throws -> ProcessFacts? {
        guard bootID == (try Self.currentBootID()), let facts = try ProcessFacts.read(pid: pid),
            facts.startTicks == startTicks
        else { return nil }
        return facts
    }

    package enum Target: Sendable { case process, group }

    /// Sends `signal` if the identity still matches.
    /// - Returns: false when the process is gone; nothing was signalled then.
    @discardableResult
    package func signal(_ signal: Int32, to target: Target = .process) throws -> Bool {
        let descriptor = clinux_pidfd_open(pid)
        guard descriptor >= 0 else {
            if errno == ESRCH { return false }
            throw ProcessError.notSignalled(pid: pid, signal: signal, reason: message(of: errno))
        }
        defer { close(descriptor) }
        // The descriptor names one process for good: compared after it was opened, a match cannot become stale.
        guard let facts = try facts(), !facts.hasEnded else { return false }
        let result =
            switch target {
            case .process: clinux_pidfd_send_signal(descriptor, signal)
            // A group led by somebody else is not ours to signal.
            case .group: facts.group == pid ? kill(-pid, signal) : clinux_pidfd_send_signal(descriptor, signal)
            }
        if result == 0 { return true }
        if errno == ESRCH { return false }
        throw ProcessError.notSignalled(pid: pid, signal: signal, reason: message(of: errno))
    }

    private static func currentBootID() throws -> String {
        let path = "/proc/sys/kernel/random/boot_id"
        guard let text = try readSmallFile(path) else {
            throw ProcessError.unreadable(path: path, reason: "no such file")
        }
        return String(text.prefix { !$0.isNewline })
    }
}

func message(of code: Int32) -> String { "\(String(cString: strerror(code))) (errno \(code))" }
