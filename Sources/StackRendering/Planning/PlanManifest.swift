package import Foundation
package import OpsModel

/// What a bundle of plans was made from: `apply` carries out these files, or nothing.
package struct PlanManifest: Codable, Sendable, Equatable {
    package struct Layer: Codable, Sendable, Equatable {
        package enum Outcome: String, Codable, Sendable {
            case changes, unchanged
            /// Planned with values that will be others by the time it is applied: to read, never to apply.
            case preview
            case failed
        }

        package let layer: StackLayer
        /// Counted from 1.
        package let wave: Int
        package let outcome: Outcome
        /// Why it is a preview, or what failed.
        package let why: String?
        /// SHA-256 of the plan file and of its redacted JSON; nil when it failed.
        package let planDigest: String?
        package let documentDigest: String?
        /// SHA-256 of the layer's rendered files, of the provider lock and of the values from other layers.
        package let renderedDigest: String
        package let providerDigest: String?
        package let upstreamDigest: String
        package let summary: PlanSummary?

        private enum CodingKeys: String, CodingKey {
            case layer, wave, outcome, why, summary
            case planDigest = "plan_sha256"
            case documentDigest = "document_sha256"
            case renderedDigest = "rendered_sha256"
            case providerDigest = "provider_sha256"
            case upstreamDigest = "upstream_sha256"
        }
    }

    package var schema = 1
    package let id: String
    package let environment: String
    package let accountID: String
    package let region: String
    /// Where AWS was, when it was not Amazon's.
    package let endpoint: String?
    package let terraform: String
    package let createdAt: Date
    package let createdBy: String
    /// SHA-256 over all modules.
    package let modulesDigest: String
    package let layers: [Layer]
    /// What the policy said of these plans.
    package let policy: Verdict
    /// SHA-256 of the other files of the bundle, by name.
    package let reports: [String: String]

    private enum CodingKeys: String, CodingKey {
        case schema, id, environment, region, endpoint, terraform, layers, policy, reports
        case accountID = "account_id"
        case createdAt = "created_at"
        case createdBy = "created_by"
        case modulesDigest = "modules_sha256"
    }

    package var failed: [Layer] { layers.filter { $0.outcome == .failed } }
    /// What `apply` would carry out, in order.
    package var applicable: [Layer] { layers.filter { $0.outcome == .changes } }
    package var previews: [Layer] { layers.filter { $0.outcome == .preview } }

    package var verdict: Verdict { failed.isEmpty ? policy : .inconclusive }
}
