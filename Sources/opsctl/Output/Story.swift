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

    func tell(_ line: String) {
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }

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
func show(_ text: String) {
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
}

/// Whether stdout may carry escape codes.
var resultHasColor: Bool {
    isatty(STDOUT_FILENO) == 1 && ProcessInfo.processInfo.environment["NO_COLOR"]?.isEmpty != false
}
