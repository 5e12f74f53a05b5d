import OpsModel

/// One difference between two reports.
package struct ReportChange: Codable, Sendable, Equatable {
    package enum Kind: String, Codable, Sendable { case status, observed, expected, added, removed }

    package let check: String
    package let kind: Kind
    package let before: String?
    package let after: String?

    /// What differs: status first; otherwise facts that should not change by themselves. Measured values, times and counts of
    /// bytes do, so they count only through the status.
    package static func between(_ before: ProbeReport, _ after: ProbeReport) -> [ReportChange] {
        let old = Dictionary(before.checks.map { ($0.check, $0) }, uniquingKeysWith: { first, _ in first })
        let new = Dictionary(after.checks.map { ($0.check, $0) }, uniquingKeysWith: { first, _ in first })
        let removed = before.checks.filter { new[$0.check] == nil }.map {
            ReportChange(check: $0.check, kind: .removed, before: text($0), after: nil)
        }
        return after.checks.compactMap { check in
            guard let earlier = old[check.check] else {
                return ReportChange(check: check.check, kind: .added, before: nil, after: text(check))
            }
            return difference(earlier, check)
        } + removed
    }

    private static func difference(_ old: CheckResult, _ new: CheckResult) -> ReportChange? {
        func change(_ kind: Kind, _ before: String, _ after: String) -> ReportChange {
            ReportChange(check: new.check, kind: kind, before: before, after: after)
        }
        if old.status != new.status { return change(.status, text(old), text(new)) }
        if old.expected != new.expected { return change(.expected, old.expected, new.expected) }
        let isSteady = new.measure == nil && new.status != .blocked
        if isSteady, steady(old.observed) != steady(new.observed) {
            return change(.observed, old.observed, new.observed)
        }
        return nil
    }

    private static func text(_ check: CheckResult) -> String { "\(check.status.rawValue): \(check.observed)" }

    /// Without what changes by itself: numbers with a unit of time or size.
    private static func steady(_ text: String) -> String {
        text.replacing(#/-?[0-9]+(\.[0-9]+)? ?(ms|s|B|kB|MB|GB|KiB|MiB|GiB|days?|d|%)\b/#, with: "…")
    }
}
