package import OpsModel

package enum ProcessError: DiagnosableError {
    case notFound(executable: String)
    case notStarted(command: String, reason: String)
    case failed(command: String, status: Int32, evidence: String)
    case timedOut(command: String, after: Duration, evidence: String)
    case cancelled(command: String)
    case outputTooLarge(command: String, limit: Int)
    case unreadable(path: String, reason: String)
    case notSignalled(pid: Int32, signal: Int32, reason: String)
    case noFreePort(asked: Int)

    package var diagnostic: Diagnostic {
        switch self {
        case .notFound(let name):
            Diagnostic(
                "process.not_found", what: "a program is not installed", place: name,
                why: "no executable file of that name in PATH", fix: "install it, or put its folder into PATH")
        case .notStarted(let command, let reason):
            Diagnostic(
                "process.not_started", what: "a program did not start", place: command, why: reason,
                fix: "run the command by hand to see the whole story")
        case .failed(let command, let status, let evidence):
            Diagnostic(
                "process.failed", what: "a program failed", place: command,
                why: "exit status \(status)\(evidence.isEmpty ? "" : ": \(evidence)")",
                fix: "run the command by hand to see the whole story")
        case .timedOut(let command, let after, let evidence):
            Diagnostic(
                "process.timed_out", what: "a program did not end in time", place: command,
                why: "stopped after \(after.text)\(evidence.isEmpty ? "" : ": \(evidence)")",
                fix: "see what it waits for, or allow it more time")
        default: rareDiagnostic
        }
    }

    private var rareDiagnostic: Diagnostic {
        switch self {
        case .cancelled(let command):
            Diagnostic(
                "process.cancelled", what: "a program was stopped", place: command, why: "its caller was cancelled",
                fix: "run it again")
        case .outputTooLarge(let command, let limit):
            Diagnostic(
                "process.output_too_large", what: "a program printed too much", place: command,
                why: "more than \(limit) bytes on one stream; it was stopped", fix: "make the program print less")
        case .unreadable(let path, let reason):
            Diagnostic(
                "process.unreadable", what: "cannot tell whether a process runs", place: path, why: reason,
                fix: "check that /proc is mounted and readable")
        case .notSignalled(let pid, let signal, let reason):
            Diagnostic(
                "process.not_signalled", what: "cannot send signal \(signal)", place: "process \(pid)", why: reason,
                fix: "run as root, or as the user who owns the process")
        case .noFreePort(let asked):
            Diagnostic(
                "process.no_free_port", what: "no free loopback ports", place: "127.0.0.1:15000-31999",
                why: "fewer than \(asked) can be bound", fix: "see who listens with `ss -ltnp`")
        case .notFound, .notStarted, .failed, .timedOut: diagnostic
        }
    }
}
