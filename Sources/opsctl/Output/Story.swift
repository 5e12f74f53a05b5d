import Foundation
import Glibc
import OpsModel

/// What happens on the way, told on stderr; results go to stdout.
struct Story: Sendable {
    let isTerminal: Bool
    let hasColor: Bool

    static let standard = Story(
        isTerminal: isatty(STDERR_FILENO) == 1,
        hasColor: isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["NO_COLOR"]?.isEmpty != false)

    func tell(_ line: String) { put((isTerminal ? "\r\u{1B}[2K" : "") + line + "\n", STDERR_FILENO) }

    /// Shows a line in the place of the last one; the next `tell` begins over it. Only for a terminal.
    func replaceLine(_ line: String) { put("\r\u{1B}[2K\(line)\r", STDERR_FILENO) }

    func report(_ diagnostics: [Diagnostic]) {
        for diagnostic in diagnostics {
            tell("opsctl: \(paint("error", .red)): \(diagnostic.what)")
            tell("  where: \(diagnostic.place)")
            tell("  why:   \(diagnostic.why)")
            tell("  fix:   \(diagnostic.fix)")
        }
    }

    func paint(_ text: String, _ color: Color) -> String { color.paint(text, isOn: hasColor) }
}

enum Color: String {
    case red = "31"
    case green = "32"
    case yellow = "33"
    case dim = "2"

    func paint(_ text: String, isOn: Bool) -> String { isOn ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : text }
}

/// Prints a result on stdout and nothing else.
func show(_ text: String) { put(text + "\n", STDOUT_FILENO) }

/// Whether somebody still reads stdout: false once the other end of a pipe is closed.
var isResultRead: Bool {
    var descriptor = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
    return poll(&descriptor, 1, 0) <= 0 || Int32(descriptor.revents) & (POLLERR | POLLHUP) == 0
}

/// Writes as much as the other side takes. A reader that has left (a closed pipe, a lost terminal) never ends the work: a rollout
/// that only lost its audience goes on.
private func put(_ text: String, _ descriptor: Int32) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        guard count >= 0 || errno == EINTR else { return }
        rest = rest.dropFirst(max(count, 0))
    }
}

/// Whether stdout may carry escape codes.
var resultHasColor: Bool {
    isatty(STDOUT_FILENO) == 1 && ProcessInfo.processInfo.environment["NO_COLOR"]?.isEmpty != false
}
