package import Ledger
package import OpsModel

/// What the ledger keeps of applies: an intent before each layer, what came of it after.
package struct ApplyJournal: Sendable {
    let ledger: Ledger
    let environment: String

    package init(ledger: Ledger, environment: String) { (self.ledger, self.environment) = (ledger, environment) }

    private var subject: String { "stack:\(environment)" }

    package struct Opened: Codable, Sendable, Equatable {
        package let plan: String
        package let layers: [StackLayer]
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

    /// Layers whose end nobody has seen.
    package var cutOff: [StackLayer] { layers.filter { begun.contains($0) && ended[$0] == nil } }
}
