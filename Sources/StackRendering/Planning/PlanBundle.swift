import Cryptography
package import Foundation
package import OpsModel

/// Turns plans into a bundle on disk.
package struct PlanBundle: Sendable {
    let settings: StackSettings
    let store: PlanStore
    let digests: StackDigests
    let endpoint: String?
    package let id: String
    package let folder: String
    /// When planning began: what happened later, the plans have not seen.
    private let startedAt: Date

    package init(
        settings: StackSettings, store: PlanStore, digests: StackDigests, endpoint: String?, now: Date = Date()
    ) throws {
        (self.settings, self.store, self.digests, self.endpoint) = (settings, store, digests, endpoint)
        startedAt = now
        let time = rfc3339(now).prefix(19).filter { $0 != "-" && $0 != ":" }
        id = "\(settings.environment)-\(time)Z-\(hex(randomBytes(3)))"
        folder = try store.begin(id)
    }

    /// - Parameter reports: further files, by name.
    package func finish(
        _ plans: [LayerPlan], policy: Verdict, reports: [String: Data], createdBy: String
    ) throws -> (manifest: PlanManifest, digest: String) {
        for (name, bytes) in reports { try store.write(bytes, as: name, of: id) }
        let manifest = PlanManifest(
            id: id, environment: settings.environment, accountID: settings.accountID, region: settings.region,
            endpoint: endpoint, terraform: plans.lazy.compactMap { $0.planned?.document.terraformVersion }.first ?? "",
            createdAt: startedAt, createdBy: createdBy, modulesDigest: digests.modules, layers: try plans.map(layer),
            policy: policy, reports: reports.mapValues { digest($0) })
        return (manifest, try store.finish(manifest))
    }

    private func layer(_ plan: LayerPlan) throws -> PlanManifest.Layer {
        guard case .planned(let planned) = plan.result else {
            return entry(plan, .failed, why: plan.failure?.why)
        }
        try store.write(planned.redacted, as: "\(plan.layer.rawValue).plan.json", of: id)
        let summary = PlanSummary(planned.document, layer: plan.layer.rawValue)
        let outcome: PlanManifest.Layer.Outcome =
            plan.preview != nil ? .preview : summary.isEmpty ? .unchanged : .changes
        let bytes = try failing(at: planned.file) { try Data(contentsOf: URL(filePath: planned.file)) }
        return entry(
            plan, outcome, why: plan.preview, planDigest: digest(bytes), documentDigest: digest(planned.redacted),
            summary: summary)
    }

    private func entry(
        _ plan: LayerPlan, _ outcome: PlanManifest.Layer.Outcome, why: String?, planDigest: String? = nil,
        documentDigest: String? = nil, summary: PlanSummary? = nil
    ) -> PlanManifest.Layer {
        PlanManifest.Layer(
            layer: plan.layer, wave: plan.wave, outcome: outcome, why: why, planDigest: planDigest,
            documentDigest: documentDigest, renderedDigest: digests.layer(plan.layer),
            providerDigest: plan.providerDigest, upstreamDigest: plan.upstreamDigest, summary: summary)
    }
}

extension LayerPlan {
    package var failure: Diagnostic? { if case .failed(let diagnostic) = result { diagnostic } else { nil } }
}
