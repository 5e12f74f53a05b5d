package import Foundation
package import OpsModel

/// What came of planning one layer.
package struct LayerPlan: Sendable {
    package enum Result: Sendable {
        case planned(Planned)
        case failed(Diagnostic)
    }

    package struct Planned: Sendable {
        package let document: PlanDocument
        /// The document with everything sensitive taken out.
        package let redacted: Data
        /// Terraform's plan file, in the bundle.
        package let file: String
    }

    package let layer: StackLayer
    package let wave: Int
    package let result: Result
    /// Why it must not be applied; nil when it may be.
    package let preview: String?
    package let providerDigest: String?
    package let upstreamDigest: String

    package var planned: Planned? { if case .planned(let planned) = result { planned } else { nil } }
}

extension PlanDocument {
    /// Whether what others take of an output would change.
    func changes(_ input: LayerInput) -> Bool {
        guard let change = outputChanges.first(where: { $0.name == input.name })?.change, change.action != .none else {
            return false
        }
        if change.unknown == .boolean(true) { return true }
        return input.members.contains { member in
            change.unknown[member.name].map { $0 != .boolean(false) } ?? false
                || change.before[member.name] != change.after[member.name]
        }
    }
}
