package import Foundation

/// What `terraform show -json` says about a plan. It holds secrets in plain text: only `redacted` may be stored.
package struct PlanDocument: Sendable {
    package let formatVersion: String
    package let terraformVersion: String?
    /// Every managed resource of the plan, also those that stay as they are, and the data that apply will read.
    package let resourceChanges: [PlanResourceChange]
    /// What changed in the account since the last apply.
    package let resourceDrift: [PlanResourceChange]
    package let outputChanges: [PlanOutputChange]
    package let checks: [PlanCheck]
    /// False when something was left out, by `-target` or because it was deferred: another plan must follow.
    package let isComplete: Bool
    package let isErrored: Bool
    let root: PlanValue
    /// What must not be printed, wherever it stands.
    let sensitive: SensitiveTexts

    /// - Throws: `PlanDocumentError`, also when what is sensitive cannot be told.
    package init(json: Data) throws {
        let root = try Self.root(json)
        let node = PlanNode(path: "", value: root)
        let redaction = PlanRedaction()
        _ = try redaction.document(node)
        sensitive = redaction.found.texts
        resourceChanges = try node["resource_changes"].list().map(PlanResourceChange.init)
        resourceDrift = try node["resource_drift"].list().map(PlanResourceChange.init)
        outputChanges = try node["output_changes"].members().map {
            PlanOutputChange(name: $0.name, change: try PlanChange($0.node))
        }
        checks = try node["checks"].list().map(PlanCheck.init)
        isErrored = node["errored"].isAbsent ? false : try node["errored"].boolean()
        isComplete = node["complete"].isAbsent ? !isErrored : try node["complete"].boolean()
        formatVersion = try node["format_version"].text()
        terraformVersion = try node["terraform_version"].optionalText()
        self.root = root
    }

    /// The document as JSON of a format that is known.
    static func root(_ json: Data) throws(PlanDocumentError) -> PlanValue {
        let root: PlanValue
        do { root = try PlanValueReader.read(json) } catch {
            throw .notJSON(offset: error.offset, why: error.why)
        }
        guard root.members != nil else { throw .shape(path: "", expected: "an object") }
        let version = try PlanNode(path: "", value: root)["format_version"].text()
        guard version.split(separator: ".").first == "1" else { throw .version(version) }
        return root
    }
}
