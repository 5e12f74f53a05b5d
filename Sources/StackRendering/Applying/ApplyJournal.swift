package import Ledger
package import OpsModel

/// What the ledger keeps of applies: an intent before each layer, what came of it after.
package struct ApplyJournal: Sendable {
    let ledger: Ledger
    let environment: String

    package init(ledger: Ledger, environment: String) { (self.ledger, self.environment) = (ledger, environment) }

    private var subject: String { "stack:\(environment)" }

    package struct Planned: Codable, Sendable, Equatable {
        package let plan: String
        /// SHA-256 of the manifest: what is applied is what this run planned.
        package let manifestDigest: String
        package let policy: Verdict

        private enum CodingKeys: String, CodingKey {
            case plan, policy
            case manifestDigest = "manifest_sha256"
        }
    }

    package struct Opened: Codable, Sendable, Equatable {
        package let plan: String
        package let layers: [StackLayer]
        package let by: String
        /// What somebody agreed to beyond the plan itself, such as `accept-drift`.
        package let consent: [String]
    }

    package struct Begun: Codable, Sendable, Equatable {
        package let plan: String
        package let layer: StackLayer
    }

    package struct Ended: Codable, Sendable, Equatable {
        package let plan: String
        package let layer: StackLayer
        package let outcome: LayerApplyReport.Outcome
        package let why: String?
    }

    package struct Closed: Codable, Sendable, Equatable {
        package let plan: String
        package let verdict: Verdict
        package let why: String?

        package init(plan: String, verdict: Verdict, why: String?) {
            (self.plan, self.verdict, self.why) = (plan, verdict, why)
        }
    }

    package func planned(_ manifest: PlanManifest, digest: String) async throws {
        try await ledger.append(
            subject: subject, kind: .observed, step: "planned",
            payload: Planned(plan: manifest.id, manifestDigest: digest, policy: manifest.policy))
    }

    /// The digest under which a bundle was planned here; nil when this ledger knows nothing of it.
    package func plannedDigest(_ id: String) async throws -> String? {
        let planned = try await ledger.entries(subject: subject).filter { $0.kind == .observed && $0.step == "planned" }
        return try planned.map { try $0.decode(Planned.self) }.last { $0.plan == id }?.manifestDigest
    }

    /// Layers that were applied from here, and not given up since.
    package func appliedLayers() async throws -> Set<StackLayer> {
        var layers: Set<StackLayer> = []
        for entry in try await ledger.entries(subject: subject) {
            switch (entry.kind, entry.step) {
            case (.done, "apply"):
                let ended = try entry.decode(Ended.self)
                if ended.outcome != .notRun { layers.insert(ended.layer) }
            case (.decision, "given_up"): layers.remove(try entry.decode(GivenUp.self).layer)
            default: break
            }
        }
        return layers
    }

    /// A layer that an operator has destroyed or hands over to somebody else.
    package func giveUp(_ layer: StackLayer, by: String) async throws {
        try await ledger.append(
            subject: subject, kind: .decision, step: "given_up", payload: GivenUp(layer: layer, by: by))
    }

    private struct GivenUp: Codable {
        let layer: StackLayer
        let by: String
    }

    /// Whether somebody has begun to apply this bundle before: it cannot be applied twice.
    package func wasApplied(_ id: String) async throws -> Bool {
        try await ledger.entries(subject: subject).filter { $0.kind == .decision && $0.step == "opened" }
            .contains { try $0.decode(Opened.self).plan == id }
    }

    func open(_ opened: Opened) async throws {
        try await ledger.append(subject: subject, kind: .decision, step: "opened", payload: opened)
    }

    func begin(_ begun: Begun) async throws {
        try await ledger.append(subject: subject, kind: .intent, step: "apply", payload: begun)
    }

    func end(_ ended: Ended) async throws {
        try await ledger.append(subject: subject, kind: .done, step: "apply", payload: ended)
    }

    package func close(_ closed: Closed) async throws {
        try await ledger.append(subject: subject, kind: .decision, step: "closed", payload: closed)
    }

    /// The last apply, if it was never closed; nil otherwise.
    package func openApply() async throws -> OpenApply? {
        var open: OpenApply?
        for entry in try await ledger.entries(subject: subject) {
            switch (entry.kind, entry.step) {
            case (.decision, "opened"):
                let opened = try entry.decode(Opened.self)
                open = OpenApply(plan: opened.plan, at: entry.at, layers: opened.layers)
            case (.intent, "apply"): open?.begun.insert(try entry.decode(Begun.self).layer)
            case (.done, "apply"):
                let ended = try entry.decode(Ended.self)
                open?.ended[ended.layer] = ended.outcome
            case (.decision, "closed"): open = nil
            default: break
            }
        }
        return open
    }
}

/// An apply that somebody began and nobody closed.
package struct OpenApply: Sendable, Equatable {
    package let plan: String
    /// When it was begun, RFC 3339.
    package let at: String
    package let layers: [StackLayer]
    package fileprivate(set) var begun: Set<StackLayer> = []
    package fileprivate(set) var ended: [StackLayer: LayerApplyReport.Outcome] = [:]

    init(plan: String, at: String, layers: [StackLayer]) { (self.plan, self.at, self.layers) = (plan, at, layers) }
}
