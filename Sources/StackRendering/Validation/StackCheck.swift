package import OpsModel

/// One line of `stack validate`.
package struct StackCheck: Encodable, Sendable {
    package struct Finding: Codable, Sendable, Equatable {
        package enum Severity: String, Codable, Sendable { case error, warning }

        package let severity: Severity
        /// `file:line:column` as far as it is known.
        package let place: String
        package let what: String
        package let why: String

        package init(_ severity: Severity = .error, place: String, what: String, why: String = "") {
            (self.severity, self.place, self.what, self.why) = (severity, place, what, why)
        }
    }

    /// `render`, `format`, or a layer.
    package let name: String
    package let verdict: Verdict
    package let observed: String
    package let findings: [Finding]
    package let fix: String?
    package let elapsedMilliseconds: Int64

    package init(
        _ name: String, _ verdict: Verdict, _ observed: String, findings: [Finding] = [], fix: String? = nil,
        elapsed: Duration = .zero
    ) {
        (self.name, self.verdict, self.observed, self.findings) = (name, verdict, observed, findings)
        (self.fix, elapsedMilliseconds) = (fix, elapsed.milliseconds)
    }

    private enum CodingKeys: String, CodingKey {
        case name, verdict, observed, findings, fix
        case elapsedMilliseconds = "elapsed_ms"
    }

    package func taking(_ elapsed: Duration) -> StackCheck {
        StackCheck(name, verdict, observed, findings: findings, fix: fix, elapsed: elapsed)
    }
}

extension StackCheck {
    /// Whether the files on disk are what the settings render to.
    package static func render(_ plan: RenderPlan, folder: String, environment: String) -> StackCheck {
        let stale = plan.entries.filter { $0.change != .unchanged }
        guard !stale.isEmpty else { return StackCheck("render", .pass, "\(plan.entries.count) files fresh") }
        let force = plan.refused.isEmpty ? "" : " --force"
        return StackCheck(
            "render", .fail, "\(stale.count) of \(plan.entries.count) files are stale",
            findings: stale.map { entry in
                Finding(place: "\(folder)/\(entry.path)", what: entry.reason ?? "would be \(entry.change.rawValue)d")
            },
            fix: "opsctl stack render --env \(environment)\(force)")
    }
}
