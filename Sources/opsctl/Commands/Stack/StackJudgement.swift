import Foundation
import OpsModel
import StackRendering

/// What policy and drift say of a set of plans.
struct StackJudgement: Sendable {
    static let policyFile = "policy.json"
    static let driftFile = "drift.json"

    let policy: PolicyReport
    let drift: DriftReport
    /// Layers that could not be planned, and so not looked at.
    let failed: [(layer: StackLayer, diagnostic: Diagnostic)]

    /// Previews are left out of the policy: they are never applied, and what they stand on is not real.
    init(_ plans: [LayerPlan], _ policy: StackPolicy, session: StackSession) throws {
        let settings = session.settings
        let planned = plans.compactMap { plan in plan.planned.map { (plan, (plan.layer.rawValue, $0.document)) } }
        let exact = planned.filter { $0.0.preview == nil }.map(\.1)
        let place = PolicyPlace(
            accountID: settings.accountID, regions: Set([settings.region, settings.replicaRegion].compactMap(\.self)),
            edgeRegion: "us-east-1")
        let judge = PolicyJudge(
            waivers: policy.waivers, environment: settings.environment,
            protection: Protection(rawValue: session.project.protection) ?? .critical, place: place,
            today: CalendarDay(Date()))
        let isWhole = exact.count == settings.layers.filter { $0 != .bootstrap }.count
        self.policy = try judge.judge(exact, hasAllLayers: isWhole)
        drift = try DriftReport(environment: settings.environment, layers: planned.map(\.1), owned: policy.owned)
        failed = plans.compactMap { plan in plan.failure.map { (plan.layer, $0) } }
    }

    /// The reports as files of a bundle.
    var files: [String: Data] {
        get throws { [Self.policyFile: try canonicalJSON(policy), Self.driftFile: try canonicalJSON(drift)] }
    }

    func tellFailures() { Story.standard.report(failed.map(\.diagnostic)) }
}

extension PlanStore {
    /// A report that was kept with a bundle.
    func report<Report: Decodable>(_ type: Report.Type, _ name: String, of manifest: PlanManifest) throws -> Report {
        let path = "\(path(of: manifest.id))/\(name)"
        do { return try decodeCanonicalJSON(type, from: Data(contentsOf: URL(filePath: path))) } catch {
            throw StackError.unreadable(path: path, why: "the report of the bundle cannot be read")
        }
    }

    /// Resources changed by hand in layers that would be applied, where the apply would only write that down.
    func swallowedDrift(_ manifest: PlanManifest) throws -> Int {
        let layers = Set(manifest.applicable.map(\.layer.rawValue))
        return try report(DriftReport.self, StackJudgement.driftFile, of: manifest).entries.count {
            $0.class == .swallowed && layers.contains($0.layer)
        }
    }
}

extension StackReporting {
    /// Prints the report; annotations of GitHub go to stderr, which a step's log shows too.
    func show(as format: StackFormat, _ folders: StackFolders) throws {
        let folder = { (layer: String) in "\(folders.displayRendered)/\(layer)" }
        opsctl.show(try document(format, hasColor: resultHasColor, folder: folder))
        guard format == .github else { return }
        for line in annotations(folder: folder) { Story.standard.tell(line) }
    }
}
