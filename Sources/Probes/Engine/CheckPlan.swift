package import OpsModel

/// How the environment file changes one check.
package struct CheckSetting: Codable, Sendable, Equatable {
    package enum Severity: String, Codable, Sendable, CaseIterable { case fail, warn, off }

    /// `warn` turns a failure into a warning, `off` leaves the check out.
    package var severity: Severity
    package var warn: Double?
    package var fail: Double?
    /// Looks that a retryable failure may take; nil: as the target says.
    package var attempts: Int?
    package var runbook: String?

    package init(
        severity: Severity = .fail, warn: Double? = nil, fail: Double? = nil, attempts: Int? = nil,
        runbook: String? = nil
    ) {
        (self.severity, self.warn, self.fail, self.attempts) = (severity, warn, fail, attempts)
        self.runbook = runbook
    }
}

/// Which checks of a target are asked for, and by which limits they are judged.
package struct CheckPlan: Codable, Sendable, Equatable {
    package var profile: ProbeProfile
    package var settings: [String: CheckSetting]

    package init(profile: ProbeProfile, settings: [String: CheckSetting] = [:]) {
        (self.profile, self.settings) = (profile, settings)
    }

    package func setting(_ name: String) -> CheckSetting { settings[name] ?? CheckSetting() }

    package func includes(_ definition: CheckDefinition) -> Bool {
        definition.profiles.contains(profile) && setting(definition.name).severity != .off
    }

    /// The definition's limits, replaced where the environment file sets others.
    package func limits(_ definition: CheckDefinition) -> Limits? {
        guard var limits = definition.limits else { return nil }
        let setting = setting(definition.name)
        if let warn = setting.warn { limits.warn = warn }
        if let fail = setting.fail { limits.fail = fail }
        return limits
    }
}
