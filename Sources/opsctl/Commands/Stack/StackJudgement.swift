import Foundation
import OpsModel
import StackRendering
import ArgumentParser

enum StackFormat: String, ExpressibleByArgument, CaseIterable { case text, json, markdown, junit, sarif, github }
struct StackPolicy { init(_ p: Project) throws {} }
struct StackJudgement {
    struct V { var verdict = Verdict.pass }
    var policy = V()
    var files: [String: Data] { get throws { [:] } }
    init(_ plans: [LayerPlan], _ policy: StackPolicy, settings: StackSettings, protection: String) {}
}
struct PlanOutput {
    let m: PlanManifest
    init(_ m: PlanManifest, _ j: StackJudgement) { self.m = m }
    func text(as f: StackFormat) throws -> String {
        "plan \(m.id)\n"
            + m.layers.map {
                "\($0.layer.rawValue) \($0.outcome.rawValue) \($0.why ?? "") \($0.summary.map { "+\($0.counts.add) ~\($0.counts.change) -\($0.counts.destroy)" } ?? "")"
            }.joined(separator: "\n")
    }
}
extension PlanStore { func swallowedDrift(_ m: PlanManifest) throws -> Int { 0 } }
