/// Rules that hold between the environments of a project.
package struct EnvironmentRules: Sendable {
    package struct Member: Sendable {
        package let settings: StackSettings
        package let protection: Protection

        package init(_ settings: StackSettings, protection: Protection) {
            (self.settings, self.protection) = (settings, protection)
        }
    }

    let members: [Member]

    package init(_ members: [Member]) { self.members = members }

    /// What `environment` does to the others, or they to it.
    package func findings(about environment: String) -> [StackCheck.Finding] {
        guard let me = members.first(where: { $0.settings.environment == environment }) else { return [] }
        return members.filter { $0.settings.environment != environment }.flatMap { pair(me, $0) }
    }

    private func pair(_ me: Member, _ other: Member) -> [StackCheck.Finding] {
        let (mine, theirs) = (me.settings, other.settings)
        let isSameAccount = mine.accountID == theirs.accountID
        let rules: [(holds: Bool, what: String, why: String)] = [
            (
                !isSameAccount || (me.protection == .critical) == (other.protection == .critical),
                "it shares the account \(mine.accountID) with \(theirs.environment)",
                "who may do anything in the one could reach the critical one: give it an account of its own"
            ),
            (
                !AddressRange.overlap(mine.cidr, theirs.cidr),
                "its range \(mine.cidr) overlaps \(theirs.cidr) of \(theirs.environment)",
                "the two networks could never be connected: choose another range"
            ),
            (
                !isSameAccount || mine.pipeline?.ownsProvider != true || theirs.pipeline?.ownsProvider != true,
                "\(theirs.environment) makes the OIDC provider of account \(mine.accountID) too",
                "an account has one for each issuer: write ci: {owns_provider: false} in one of them"
            ),
            (
                mine.service == nil || mine.service?.domain != theirs.service?.domain,
                "\(theirs.environment) answers at \(mine.service?.domain ?? "") too", "give each its own domain"
            ),
        ]
        return rules.filter { !$0.holds }.map { rule in
            StackCheck.Finding(place: "environments/\(mine.environment).yaml", what: rule.what, why: rule.why)
        }
    }
}

extension AddressRange {
    /// Whether two ranges share an address; false when one of them is none.
    static func overlap(_ first: String, _ second: String) -> Bool {
        guard let one = bounds(first), let two = bounds(second) else { return false }
        return one.overlaps(two)
    }

    private static func bounds(_ text: String) -> ClosedRange<UInt32>? {
        guard fault(of: text) == nil else { return nil }
        let parts = text.split(whereSeparator: { $0 == "." || $0 == "/" }).compactMap { UInt32($0) }
        let start = parts.prefix(4).reduce(UInt32(0)) { $0 << 8 | $1 }
        return start...(start | (UInt32.max >> parts[4]))
    }
}
