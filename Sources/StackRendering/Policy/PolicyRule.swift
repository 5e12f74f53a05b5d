/// How much a broken rule weighs: `fail` holds the gate, `warn` is only told.
package enum PolicySeverity: String, Codable, Sendable, CaseIterable { case fail, warn }

/// One demand on a planned environment: data, and a predicate over what is planned.
package struct PolicyRule: Sendable {
    /// Stable dotted name, for example `postgres.encrypted`.
    package let id: String
    package let severity: PolicySeverity
    /// What is demanded, as a sentence without a full stop.
    package let what: String
    /// What happens without it.
    package let why: String
    /// The edit that mends it.
    package let fix: String
    /// Where the demand comes from.
    package let reference: String
    /// Classes of environments that it holds for.
    package let protections: Set<Protection>
    let examine: @Sendable (PolicyScope) -> [PolicyHit]

    init(
        _ id: String, _ severity: PolicySeverity = .fail, in protections: Set<Protection> = Set(Protection.allCases),
        says text: PolicyText, examine: @escaping @Sendable (PolicyScope) -> [PolicyHit]
    ) {
        (self.id, self.severity, self.protections, self.examine) = (id, severity, protections, examine)
        (what, why, fix, reference) = (text.what, text.why, text.fix, text.reference)
    }

    /// A rule about each resource of some types, looked at one by one.
    init(
        _ id: String, _ severity: PolicySeverity = .fail, in protections: Set<Protection> = Set(Protection.allCases),
        on types: Set<String>, says text: PolicyText,
        faults: @escaping @Sendable (PolicyResource, PolicyScope) -> [PolicyFault]
    ) {
        self.init(id, severity, in: protections, says: text) { scope in
            scope.resources.filter { !$0.isData && types.contains($0.type) }.flatMap { resource in
                faults(resource, scope).map { PolicyHit(layer: resource.layer, address: resource.address, fault: $0) }
            }
        }
    }
}

/// The words of a rule.
struct PolicyText: Sendable {
    let what: String
    let why: String
    let fix: String
    let reference: String

    init(_ what: String, why: String, fix: String, reference: String) {
        (self.what, self.why, self.fix, self.reference) = (what, why, fix, reference)
    }
}

/// Why one resource does not meet a rule.
struct PolicyFault: Sendable, Equatable {
    let reason: String
    /// The plan does not tell yet: it could be well, and must not be taken for it.
    let isUnknown: Bool

    static func broken(_ reason: String) -> PolicyFault { PolicyFault(reason: reason, isUnknown: false) }
    static func unknown(_ reason: String) -> PolicyFault { PolicyFault(reason: "unknown: \(reason)", isUnknown: true) }
}

struct PolicyHit: Sendable {
    let layer: String
    let address: String
    let fault: PolicyFault
}
