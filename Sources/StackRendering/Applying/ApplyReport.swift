package import OpsModel

/// What became of one layer.
package struct LayerApplyReport: Codable, Sendable, Equatable {
    package enum Outcome: String, Codable, Sendable {
        case applied
        /// Applied, and still not as the files say: a plan right after it is not empty.
        case unsettled
        case failed
        /// Terraform ended without a word; an operator must look.
        case indeterminate
        /// Left out, because something before it failed or because its values have changed.
        case notRun = "not_run"
    }

    package let layer: StackLayer
    package let outcome: Outcome
    package var added = 0
    package var changed = 0
    package var removed = 0
    package let why: String?
    /// What a plan right after the apply would change.
    package var remaining: [String] = []
    package var elapsedMilliseconds: Int64 = 0

    private enum CodingKeys: String, CodingKey {
        case layer, outcome, added, changed, removed, why, remaining
        case elapsedMilliseconds = "elapsed_ms"
    }

    init(_ layer: StackLayer, _ outcome: Outcome, why: String? = nil) {
        (self.layer, self.outcome, self.why) = (layer, outcome, why)
    }
}

package struct ApplyReport: Codable, Sendable {
    package var schema = 1
    package let environment: String
    package let plan: String
    package let layers: [LayerApplyReport]
    /// Layers of the bundle that were previews; they need a plan of their own now.
    package let left: [StackLayer]

    package var verdict: Verdict {
        let outcomes = layers.map(\.outcome)
        if outcomes.contains(.indeterminate) { return .inconclusive }
        return outcomes.allSatisfy { $0 == .applied } ? .pass : .fail
    }

    private enum CodingKeys: String, CodingKey { case schema, environment, plan, verdict, layers, left }

    package init(environment: String, plan: String, layers: [LayerApplyReport], left: [StackLayer]) {
        (self.environment, self.plan, self.layers, self.left) = (environment, plan, layers, left)
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        environment = try container.decode(String.self, forKey: .environment)
        plan = try container.decode(String.self, forKey: .plan)
        layers = try container.decode([LayerApplyReport].self, forKey: .layers)
        left = try container.decode([StackLayer].self, forKey: .left)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(schema, forKey: .schema)
        try container.encode(environment, forKey: .environment)
        try container.encode(plan, forKey: .plan)
        try container.encode(verdict, forKey: .verdict)
        try container.encode(layers, forKey: .layers)
        try container.encode(left, forKey: .left)
    }
}
