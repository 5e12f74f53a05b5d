package import OpsModel

/// What a check asks, whom it serves and what it needs; `opsctl probe explain` prints it.
package struct CheckDefinition: Sendable {
    /// Short and stable, for example `plaintext_refused`.
    package let name: String
    /// The question it answers, as one sentence.
    package let question: String
    /// What goes wrong in production when the answer is no.
    package let why: String
    package let profiles: Set<ProbeProfile>
    /// The least right that the look needs, and the statement that grants it; nil when any account may look.
    package let privilege: String?
    /// A finding about security, which SARIF carries.
    package let isPosture: Bool
    /// Default limits of a measured value; the environment file may set others.
    package let limits: Limits?

    package init(
        _ name: String, _ question: String, why: String, in profiles: Set<ProbeProfile> = .everywhere,
        privilege: String? = nil, isPosture: Bool = false, limits: Limits? = nil
    ) {
        (self.name, self.question, self.why, self.profiles) = (name, question, why, profiles)
        (self.privilege, self.isPosture, self.limits) = (privilege, isPosture, limits)
    }
}

/// Limits of a measured value: beyond `warn` it is `warn`, beyond `fail` it is `fail`. Times are in seconds, sizes in bytes.
package struct Limits: Codable, Sendable, Equatable {
    package var direction: LimitDirection
    package var warn: Double?
    package var fail: Double?
    /// `s`, `B`, `%`, `d` (days); nil for a count.
    package var unit: String?

    package static func atMost(warn: Double? = nil, fail: Double? = nil, _ unit: String? = nil) -> Limits {
        Limits(direction: .atMost, warn: warn, fail: fail, unit: unit)
    }

    package static func atLeast(warn: Double? = nil, fail: Double? = nil, _ unit: String? = nil) -> Limits {
        Limits(direction: .atLeast, warn: warn, fail: fail, unit: unit)
    }
}

/// What a run is for, which decides what it looks at.
package enum ProbeProfile: String, Codable, Sendable, CaseIterable {
    /// Fast, reads only: may this instance take traffic?
    case readiness
    /// What a deploy depends on: with write canaries, migrations and security posture.
    case deployGate = "deploy-gate"
    /// Everything, also what takes seconds.
    case deep
    /// Everything that only reads, for a person who looks for a cause.
    case oncall
}

extension Set<ProbeProfile> {
    package static let everywhere = Set(ProbeProfile.allCases)
    /// Reads that matter to more than readiness: security posture, capacity, configuration.
    package static let review: Self = [.deployGate, .deep, .oncall]
    /// Leaves a short trace, which is removed again: canaries.
    package static let writing: Self = [.deployGate, .deep]
    /// Reads that explain rather than gate.
    package static let diagnosis: Self = [.deep, .oncall]
    /// Slow, or heavy for the target.
    package static let thorough: Self = [.deep]
}
