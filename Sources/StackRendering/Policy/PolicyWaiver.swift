/// A named person's decision to live with a broken rule for a while.
package struct PolicyWaiver: Sendable, Equatable {
    /// Rules that it is for, with `*` and `?`.
    package let rule: String
    /// Addresses that it is for; `*` stands for any text, `?` for one character.
    package let address: String
    /// nil is every layer.
    package let layer: String?
    /// Environments that it is for, with `*` and `?`; nil is every one.
    package let environment: String?
    /// Whether it is only for what the plan does not tell yet: a fault that can be seen is not waived.
    package let isForUnknownOnly: Bool
    package let owner: String
    package let reason: String
    /// The last day on which it holds.
    package let expires: CalendarDay
    /// `file:line:column`.
    package let place: String

    package init(
        rule: String, address: String, layer: String? = nil, environment: String? = nil, isForUnknownOnly: Bool = false,
        signed: Signature, place: String
    ) {
        (self.rule, self.address, self.layer, self.environment) = (rule, address, layer, environment)
        (self.isForUnknownOnly, self.place) = (isForUnknownOnly, place)
        (owner, reason, expires) = (signed.owner, signed.reason, signed.expires)
    }

    /// Who decided, why, and for how long.
    package struct Signature: Sendable {
        package let owner: String
        package let reason: String
        package let expires: CalendarDay

        package init(owner: String, reason: String, expires: CalendarDay) {
            (self.owner, self.reason, self.expires) = (owner, reason, expires)
        }
    }

    func covers(_ finding: PolicyFinding) -> Bool {
        matchesGlob(finding.rule, rule) && matchesGlob(finding.address, address)
            && [nil, finding.layer].contains(layer)
            && (finding.isUnknown || !isForUnknownOnly)
    }

    func isFor(environment name: String) -> Bool { environment.map { matchesGlob(name, $0) } ?? true }
}

/// Whether all of `text` fits `pattern`, in which `*` stands for any text and `?` for one character.
package func matchesGlob(_ text: String, _ pattern: String) -> Bool {
    let (text, pattern) = (Array(text), Array(pattern))
    var (position, next) = (0, 0)
    var retry: (position: Int, next: Int)?
    while position < text.count {
        if next < pattern.count, pattern[next] == "*" {
            retry = (position, next + 1)
            next += 1
        } else if next < pattern.count, pattern[next] == "?" || pattern[next] == text[position] {
            (position, next) = (position + 1, next + 1)
        } else if let again = retry {
            retry = (again.position + 1, again.next)
            (position, next) = (again.position + 1, again.next)
        } else {
            return false
        }
    }
    return pattern[next...].allSatisfy { $0 == "*" }
}
