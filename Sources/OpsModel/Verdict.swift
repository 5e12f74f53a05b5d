/// The three-valued answer of a gate. `inconclusive` never counts as `pass`.
package enum Verdict: String, Codable, Sendable, CaseIterable {
    case pass, fail, inconclusive
}

extension Verdict {
    /// The verdict of a set of checks: any `fail` decides; otherwise anything that could not be looked at, or nothing at
    /// all, is `inconclusive`. `warn` and `skipped` allow a pass as long as something passed.
    package init(of statuses: some Sequence<CheckStatus>) {
        let seen = Set(statuses)
        if seen.contains(.fail) {
            self = .fail
        } else if seen.contains(.unknown) || seen.contains(.blocked) {
            self = .inconclusive
        } else {
            self = seen.contains(.pass) || seen.contains(.warn) ? .pass : .inconclusive
        }
    }
}
