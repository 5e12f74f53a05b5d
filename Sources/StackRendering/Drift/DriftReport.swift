package import OpsModel

/// What the next apply makes of a difference between state and account.
package enum DriftClass: String, Codable, Sendable, CaseIterable {
    /// It is changed back to what the files say.
    case reverted
    /// It is written into the state, and nothing shows it from then on.
    case swallowed
    /// Somebody else sets it; Terraform leaves it alone.
    case owned
    /// No drift: the files changed and were not applied yet.
    case pending
}

/// Where an environment is not what Terraform recorded.
package struct DriftReport: Codable, Sendable, Equatable {
    package struct Entry: Codable, Sendable, Equatable {
        package let layer: String
        package let address: String
        /// Path of the attribute; empty for the resource as a whole.
        package let attribute: String
        /// What Terraform recorded.
        package let state: String
        /// What there is.
        package let live: String
        /// What an apply makes of it.
        package let planned: String
        package let `class`: DriftClass
        /// Who sets an `owned` attribute, and why.
        package let owner: String?
        package let reason: String?
    }

    package let schema: Int
    package let environment: String
    /// `fail` when something drifted that nobody owns, `inconclusive` when not everything could be looked at.
    package let verdict: Verdict
    package let layers: [String]
    /// Layers whose plan ended early or left something out.
    package let incomplete: [String]
    /// Reverted, swallowed and owned, in that order.
    package let entries: [Entry]
    /// What an apply would change besides; not drift.
    package let pending: [Entry]

    /// - Throws: `PlanDocumentError`.
    package init(
        environment: String, layers: [(layer: String, document: PlanDocument)], owned: [OwnedAttribute]
    ) throws {
        let all = try layers.flatMap { try LayerDrift(layer: $0.layer, document: $0.document, owned: owned).entries }
        schema = 1
        (self.environment, self.layers) = (environment, layers.map(\.layer))
        incomplete = layers.filter { $0.document.isErrored || !$0.document.isComplete }.map(\.layer)
        entries = all.filter { $0.class != .pending }.sorted { $0.order < $1.order }
        pending = all.filter { $0.class == .pending }.sorted { $0.order < $1.order }
        let hasDrifted = entries.contains { $0.class != .owned }
        verdict = hasDrifted ? .fail : incomplete.isEmpty && !layers.isEmpty ? .pass : .inconclusive
    }

    package func count(_ kind: DriftClass) -> Int { (entries + pending).count { $0.class == kind } }
}

extension DriftReport.Entry {
    fileprivate var order: (Int, String, String, String) {
        let rank = DriftClass.allCases.firstIndex(of: self.class) ?? 0
        return (rank, layer, address, attribute)
    }
}
