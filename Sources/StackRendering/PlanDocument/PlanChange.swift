/// What a plan does to one thing.
package enum PlanAction: String, Codable, Sendable, CaseIterable {
    case none, create, update, replace, destroy, read
    /// Out of the state, left in the account.
    case forget
}

/// Both sides of a change, with what is sensitive and what only the apply will tell.
package struct PlanChange: Sendable, Equatable {
    package let action: PlanAction
    /// Of a replacement: the new one is there before the old one goes.
    package let isCreatedFirst: Bool
    package let before: PlanValue
    package let after: PlanValue
    /// `true` where a value, or all below it, is not known yet.
    package let unknown: PlanValue
    package let beforeSensitive: PlanValue
    package let afterSensitive: PlanValue
    /// Attributes that force a replacement.
    package let replacePaths: [[PlanStep]]
    package let isImport: Bool

    init(_ node: PlanNode) throws(PlanDocumentError) {
        let words = try Self.words(node["actions"])
        action = try Self.action(words, at: node["actions"])
        isCreatedFirst = words == ["create", "delete"]
        before = node["before"].value ?? .null
        after = node["after"].value ?? .null
        unknown = node["after_unknown"].value ?? .null
        // What has no marks is not known to be harmless.
        beforeSensitive = node["before_sensitive"].value ?? .boolean(true)
        afterSensitive = node["after_sensitive"].value ?? .boolean(true)
        replacePaths = try Self.paths(node["replace_paths"])
        isImport = !node["importing"].isAbsent
    }

    private static func words(_ node: PlanNode) throws(PlanDocumentError) -> [String] {
        var words: [String] = []
        for word in try node.list() { words.append(try word.text()) }
        return words
    }

    private static func action(_ words: [String], at node: PlanNode) throws(PlanDocumentError) -> PlanAction {
        switch words {
        case ["no-op"]: return .none
        case ["create"]: return .create
        case ["read"]: return .read
        case ["update"]: return .update
        case ["delete"]: return .destroy
        case ["forget"]: return .forget
        case ["delete", "create"], ["create", "delete"], ["create", "forget"]: return .replace
        default: throw .shape(path: node.path, expected: "the actions of a change")
        }
    }

    private static func paths(_ node: PlanNode) throws(PlanDocumentError) -> [[PlanStep]] {
        var paths: [[PlanStep]] = []
        for path in try node.list() {
            var steps: [PlanStep] = []
            for step in try path.list() {
                switch step.value {
                case .string(let name): steps.append(.key(name))
                case .number(let digits):
                    guard let index = Int(digits) else { throw .shape(path: step.path, expected: "an index") }
                    steps.append(.index(index))
                default: throw .shape(path: step.path, expected: "a name or an index")
                }
            }
            paths.append(steps)
        }
        return paths
    }
}

/// One resource in `resource_changes` or `resource_drift`.
package struct PlanResourceChange: Sendable, Equatable {
    package let address: String
    /// Where it was before a `moved` block.
    package let previousAddress: String?
    /// `module.a["b"]`; empty for the root.
    package let module: String
    package let type: String
    package let name: String
    /// The instance's key, a text or a number.
    package let index: PlanValue?
    package let isData: Bool
    package let isDeposed: Bool
    /// Terraform's word for why, such as `replace_because_cannot_update`.
    package let actionReason: String?
    package let change: PlanChange

    init(_ node: PlanNode) throws(PlanDocumentError) {
        address = try node["address"].text()
        previousAddress = try node["previous_address"].optionalText()
        module = try node["module_address"].optionalText() ?? ""
        type = try node["type"].text()
        name = try node["name"].text()
        index = node["index"].value
        isData = try node["mode"].text() == "data"
        isDeposed = !node["deposed"].isAbsent
        actionReason = try node["action_reason"].optionalText()
        change = try PlanChange(node["change"])
    }
}

package struct PlanOutputChange: Sendable, Equatable {
    package let name: String
    package let change: PlanChange
}

/// A condition of the configuration, as the plan found it.
package struct PlanCheck: Sendable, Equatable {
    package let address: String
    /// `pass`, `fail`, `error` or `unknown`.
    package let status: String
    package let problems: [String]

    init(_ node: PlanNode) throws(PlanDocumentError) {
        address = try node["address"]["to_display"].text()
        status = try node["status"].text()
        var problems: [String] = []
        for instance in try node["instances"].list() {
            for problem in try instance["problems"].list() { problems.append(try problem["message"].text()) }
        }
        self.problems = problems
    }
}
