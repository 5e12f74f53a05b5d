import OpsModel
import StackRendering

/// What a bundle of plans would do, layer by layer, for people and pull requests.
struct PlanOverview: Encodable {
    struct Layer: Encodable {
        let layer: String
        /// `changes`, `unchanged`, `preview` or `failed`.
        let outcome: String
        /// Why it is a preview, or what failed.
        let why: String?
        let summary: PlanSummary?
    }

    let schema = 1
    /// The bundle that `apply` takes; nil when none was kept.
    let plan: String?
    let environment: String
    /// `inconclusive` when a layer could not be planned as a whole.
    let verdict: Verdict
    let layers: [Layer]
    let policy: PolicyReport?

    init(plan: String?, environment: String, layers: [Layer], policy: PolicyReport?) {
        (self.plan, self.environment, self.layers, self.policy) = (plan, environment, layers, policy)
        verdict = layers.allSatisfy(\.isWhole) && !layers.isEmpty ? policy?.verdict ?? .pass : .inconclusive
    }

    init(_ manifest: PlanManifest, policy: PolicyReport?) {
        let layers = manifest.layers.map {
            Layer(layer: $0.layer.rawValue, outcome: $0.outcome.rawValue, why: $0.why, summary: $0.summary)
        }
        self.init(plan: manifest.id, environment: manifest.environment, layers: layers, policy: policy)
    }

    var counts: PlanSummary.Counts {
        layers.compactMap(\.summary?.counts).reduce(into: PlanSummary.Counts()) { sum, each in
            sum.add += each.add
            sum.change += each.change
            sum.replace += each.replace
            sum.destroy += each.destroy
            sum.read += each.read
            sum.import += each.import
            sum.move += each.move
            sum.forget += each.forget
        }
    }

    /// Replaced and destroyed resources of all layers, also those that nobody will miss.
    var losses: [(layer: String, item: PlanSummary.Item)] { items.filter { $0.item.takesAway } }

    /// What an apply would do to each resource; what takes something away first, over all layers.
    var items: [(layer: String, item: PlanSummary.Item)] {
        let all = layers.flatMap { layer in
            (layer.summary?.items ?? []).filter { $0.action != .read }.map { (layer: layer.layer, item: $0) }
        }
        return all.filter { $0.item.takesAway } + all.filter { !$0.item.takesAway }
    }
}

extension PlanOverview.Layer {
    /// Whether the plan says everything that an apply would do.
    var isWhole: Bool { outcome != "failed" && summary?.isErrored != true && summary?.isComplete != false }
}

extension PlanSummary.Counts {
    /// `+3 ~1 -/+1 -0`, without what is zero.
    var text: String {
        let parts = [
            (add, "to add"), (change, "to change"), (replace, "to replace"), (destroy, "to destroy"), (move, "to move"),
            (self.import, "to import"), (forget, "to forget"),
        ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        return parts.isEmpty ? "nothing to do" : parts.joined(separator: ", ")
    }
}

extension PlanSummary.Item {
    fileprivate var takesAway: Bool { [.replace, .destroy, .forget].contains(action) }

    /// Terraform's reason and the attributes behind it.
    var because: String {
        let reason = actionReason.map { $0.replacing("_", with: " ") }
        let forced = replacePaths.isEmpty ? nil : "forced by \(replacePaths.joined(separator: ", "))"
        let moved = movedFrom.map { "moved from \($0)" }
        return [forced ?? reason, moved, isImported ? "imported" : nil].compactMap(\.self).joined(separator: "; ")
    }

    var sign: String {
        switch action {
        case .create: "+"
        case .update: "~"
        case .replace: "±"
        case .destroy: "-"
        case .forget: "."
        case .read: "<"
        case .none: "="
        }
    }
}
