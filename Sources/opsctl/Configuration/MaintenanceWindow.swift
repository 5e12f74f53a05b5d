import Foundation
import OpsConfiguration
import OpsModel

/// A time in which a critical environment may be disturbed, or in which nothing is deployed.
struct MaintenanceWindow: Sendable {
    let from: Date
    let until: Date
    let why: String

    static func all(of project: Project) throws -> [MaintenanceWindow] {
        guard project.environmentFile.root["maintenance"] != nil else { return [] }
        return try project.section("maintenance").elements.map { try MaintenanceWindow($0) }
    }

    fileprivate static func time(_ value: ConfigurationValue) throws -> Date {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: value.string.contains("."))
        do { return try style.parse(value.string) } catch {
            throw ConfigurationError([
                value.problem(
                    "`\(value.string)` is not an RFC 3339 time", fix: "write for example 2026-12-01T02:00:00Z")
            ])
        }
    }
}

extension MaintenanceWindow {
    /// - Throws: `ConfigurationError` when the times are none, or in the wrong order.
    init(_ element: ConfigurationValue) throws {
        (from, until) = (try Self.time(element.required("from")), try Self.time(element.required("until")))
        why = element.required("why").string
        guard from < until else {
            throw ConfigurationError([
                element.required("until").problem("it is not after `from`", fix: "write a later time")
            ])
        }
    }
}

/// Why a disturbing command is refused; nothing was touched.
enum DisturbanceError: DiagnosableError {
    case needsYes(environment: String, what: String, command: String)
    case outsideWindow(environment: String, next: Date?)

    var diagnostic: Diagnostic {
        switch self {
        case .needsYes(let environment, let what, let command):
            Diagnostic(
                "drill.needs_yes", what: "the drill was not started", place: "environment \(environment)",
                why: what, fix: "\(command) --yes")
        case .outsideWindow(let environment, let next):
            Diagnostic(
                "drill.outside_window", what: "the drill was not started", place: "environment \(environment)",
                why: "it is critical, and no maintenance window is open"
                    + (next.map { "; the next one opens at \(rfc3339($0))" } ?? ""),
                fix: "agree on one and add it: maintenance: [{from: …, until: …, why: …}]")
        }
    }
}

/// Ephemeral environments may be disturbed at any time, others only when somebody says so, critical ones only in a window too.
struct DisturbanceRule {
    let protection: String
    let windows: [MaintenanceWindow]

    func check(environment: String, isAgreed: Bool, what: String, command: String, now: Date) throws {
        guard protection != "ephemeral" else { return }
        guard isAgreed else {
            throw DisturbanceError.needsYes(environment: environment, what: what, command: command)
        }
        guard protection == "critical" else { return }
        guard hasOpenWindow(now) else {
            let next = windows.map(\.from).filter { $0 > now }.min()
            throw DisturbanceError.outsideWindow(environment: environment, next: next)
        }
    }

    func hasOpenWindow(_ now: Date) -> Bool { windows.contains { $0.from <= now && now < $0.until } }
}
