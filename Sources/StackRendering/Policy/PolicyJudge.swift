/// Asks every rule about the plans of an environment, and takes waivers into account.
package struct PolicyJudge: Sendable {
    package let rules: [PolicyRule]
    package let waivers: [PolicyWaiver]
    package let environment: String
    package let protection: Protection
    /// Where the environment may be; nil leaves the rules about that out.
    package let place: PolicyPlace?
    package let today: CalendarDay

    package init(
        rules: [PolicyRule] = policyRules, waivers: [PolicyWaiver], environment: String, protection: Protection,
        place: PolicyPlace?, today: CalendarDay
    ) {
        (self.rules, self.environment, self.protection) = (rules, environment, protection)
        self.waivers = waivers.filter { $0.isFor(environment: environment) }
        (self.place, self.today) = (place, today)
    }

    /// The rules that hold for this class of environment.
    var asked: [PolicyRule] { rules.filter { $0.protections.contains(protection) } }

    /// - Parameter hasAllLayers: whether these are all plans of the environment; otherwise a waiver that fits nothing
    ///   is not called unused unless it names one of these layers.
    package func judge(_ plans: [(layer: String, document: PlanDocument)], hasAllLayers: Bool = true) throws
        -> PolicyReport
    {
        let scope = try PolicyScope(plans, place: place, protection: protection)
        let texts = Dictionary(plans.map { ($0.layer, $0.document.sensitive) }, uniquingKeysWith: { first, _ in first })
        let found = asked.flatMap { rule in
            rule.examine(scope).map { PolicyFinding($0, of: rule, hiding: texts[$0.layer]) }
        }
        var (findings, used): ([PolicyFinding], Set<Int>) = ([], [])
        for var finding in found where !findings.contains(finding) {
            let covering = waivers.indices.filter { waivers[$0].covers(finding) }
            used.formUnion(covering)
            finding.waiver = covering.map { waivers[$0] }.first { $0.expires >= today }.map(PolicyFinding.Waiver.init)
            findings.append(finding)
        }
        let layers = plans.map(\.layer)
        for (index, waiver) in waivers.enumerated() {
            // A waiver for what is not known yet has nothing to do once everything is.
            let isJudged = (waiver.layer.map(layers.contains) ?? hasAllLayers) && !waiver.isForUnknownOnly
            if waiver.expires < today {
                findings.append(.expired(waiver))
            } else if !used.contains(index), isJudged {
                findings.append(.unused(waiver))
            }
        }
        return PolicyReport(
            self, layers: layers, resources: scope.resources.count { !$0.isData },
            isWhole: plans.allSatisfy { $0.document.isComplete && !$0.document.isErrored }, findings: findings)
    }
}

extension PolicyFinding {
    fileprivate init(_ hit: PolicyHit, of rule: PolicyRule, hiding texts: SensitiveTexts?) {
        func shown(_ text: String) -> String { texts?.hide(text) ?? text }
        self.init(
            rule: rule.id, layer: hit.layer, address: shown(hit.address), severity: rule.severity,
            isUnknown: hit.fault.isUnknown, reason: shown(hit.fault.reason), why: rule.why, fix: rule.fix, place: nil,
            waiver: nil)
    }

    fileprivate static func expired(_ waiver: PolicyWaiver) -> PolicyFinding {
        PolicyFinding(
            rule: "waiver.expired", layer: waiver.layer ?? "", address: waiver.address, severity: .fail,
            isUnknown: false,
            reason: "the waiver for \(waiver.rule) by \(waiver.owner) held until \(waiver.expires)",
            why: "what was to be mended by then may still be broken",
            fix: "mend it and remove the waiver, or have its owner decide again", place: waiver.place, waiver: nil)
    }

    fileprivate static func unused(_ waiver: PolicyWaiver) -> PolicyFinding {
        PolicyFinding(
            rule: "waiver.unused", layer: waiver.layer ?? "", address: waiver.address, severity: .warn,
            isUnknown: false,
            reason: "the waiver for \(waiver.rule) by \(waiver.owner) fits nothing",
            why: "it would excuse the same fault when it comes back", fix: "remove it", place: waiver.place, waiver: nil
        )
    }
}

extension PolicyFinding.Waiver {
    fileprivate init(_ waiver: PolicyWaiver) {
        self.init(owner: waiver.owner, reason: waiver.reason, expires: waiver.expires.description)
    }
}
