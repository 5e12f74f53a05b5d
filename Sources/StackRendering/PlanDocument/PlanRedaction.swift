package import Foundation

extension PlanDocument {
    /// The plan as it may be stored and shown: canonical JSON without any value that Terraform marks as sensitive.
    /// Sections that are not known are hidden as a whole; so is every other place where a sensitive text of six or
    /// more characters stands again. - Throws: `PlanDocumentError`; then nothing may be stored.
    package static func redacted(_ json: Data) throws -> Data {
        try PlanRedaction().document(PlanNode(path: "", value: try root(json))).jsonData
    }
}

/// Hides what the document marks and gathers it, so that the same texts can be hidden where nothing marks them.
struct PlanRedaction {
    let found = SensitiveValues()

    func document(_ node: PlanNode) throws -> PlanValue {
        // The configuration comes last: what is sensitive in the resources tells which of its literals are.
        let names = try node.members().map(\.name).filter { $0 != "configuration" } + ["configuration"]
        var sections: [String: PlanValue] = [:]
        for name in names where node.value?[name] != nil { sections[name] = try section(name, of: node) }
        return found.texts.hide(in: .object(sections))
    }

    private func section(_ name: String, of document: PlanNode) throws -> PlanValue {
        let node = document[name]
        switch name {
        case "format_version", "terraform_version", "timestamp", "applyable", "complete", "errored", "checks",
            "relevant_attributes":
            return node.value ?? .null
        case "variables": return try variables(node, declared: document["configuration"]["root_module"]["variables"])
        case "resource_changes", "resource_drift": return try list(node, resourceChange)
        case "deferred_changes":
            return try list(node) { try object($0, keeping: ["reason"], ["resource_change": resourceChange]) }
        case "output_changes": return try map(node) { try change($1, type: nil) }
        case "planned_values": return try stateValues(node)
        case "prior_state":
            return try object(
                node, keeping: ["format_version", "terraform_version", "serial", "checks"], ["values": stateValues])
        case "configuration":
            return try object(node, keeping: [], ["provider_config": providers, "root_module": configuredModule])
        default: return found.hide(node.value ?? .null)
        }
    }

    private func variables(_ node: PlanNode, declared: PlanNode) throws -> PlanValue {
        try map(node) { name, variable in
            let declaration = declared[name]
            let isSensitive = declaration.isAbsent || declaration["sensitive"].value == .boolean(true)
            return isSensitive ? found.hide(variable.value ?? .null) : variable.value ?? .null
        }
    }

    private func resourceChange(_ node: PlanNode) throws -> PlanValue {
        let type = try node["type"].text()
        return try object(
            node,
            keeping: [
                "address", "previous_address", "module_address", "mode", "type", "name", "index", "provider_name",
                "deposed", "action_reason",
            ], ["change": { try change($0, type: type) }])
    }

    private func change(_ node: PlanNode, type: String?) throws -> PlanValue {
        let change = try PlanChange(node)
        for marks in [change.beforeSensitive, change.afterSensitive] { found.note(marks, in: type) }
        // An attribute that is sensitive on one side is not harmless on the other.
        func side(_ value: PlanValue, _ own: PlanValue, _ other: PlanValue) throws -> PlanValue {
            found.hide(found.hide(value, try checked(own, node)), try checked(other, node))
        }
        let before = try side(change.before, change.beforeSensitive, change.afterSensitive)
        let after = try side(change.after, change.afterSensitive, change.beforeSensitive)
        return try object(
            node,
            keeping: [
                "actions", "after_unknown", "before_sensitive", "after_sensitive", "replace_paths", "importing",
            ], ["before": { _ in before }, "after": { _ in after }])
    }

    private func stateValues(_ node: PlanNode) throws -> PlanValue {
        try object(
            node, keeping: [],
            ["outputs": { try map($0) { try stateOutput($1) } }, "root_module": stateModule])
    }

    private func stateOutput(_ node: PlanNode) throws -> PlanValue {
        let isSensitive = try node["sensitive"].boolean()
        return try object(
            node, keeping: ["sensitive", "type"],
            ["value": { isSensitive ? found.hide($0.value ?? .null) : $0.value ?? .null }])
    }

    private func stateModule(_ node: PlanNode) throws -> PlanValue {
        try object(
            node, keeping: ["address"],
            ["resources": { try list($0, stateResource) }, "child_modules": { try list($0, stateModule) }])
    }

    private func stateResource(_ node: PlanNode) throws -> PlanValue {
        let marks = try checked(node["sensitive_values"].value ?? .boolean(true), node)
        found.note(marks, in: try node["type"].text())
        return try object(
            node,
            keeping: [
                "address", "mode", "type", "name", "index", "provider_name", "schema_version", "depends_on", "tainted",
                "deposed_key", "sensitive_values",
            ], ["values": { found.hide($0.value ?? .null, marks) }])
    }
}

extension PlanRedaction {
    func list(_ node: PlanNode, _ each: (PlanNode) throws -> PlanValue) throws -> PlanValue {
        .list(try node.list().map(each))
    }

    func map(_ node: PlanNode, _ each: (String, PlanNode) throws -> PlanValue) throws -> PlanValue {
        .object(Dictionary(uniqueKeysWithValues: try node.members().map { ($0.name, try each($0.name, $0.node)) }))
    }

    /// The members that are known: some as they stand, some rewritten. All others are hidden.
    func object(
        _ node: PlanNode, keeping kept: Set<String>, _ rewritten: [String: (PlanNode) throws -> PlanValue] = [:]
    ) throws -> PlanValue {
        try map(node) { name, member in
            if let rewrite = rewritten[name] { return try rewrite(member) }
            return kept.contains(name) ? member.value ?? .null : found.hide(member.value ?? .null)
        }
    }

    /// Marks are true, false, or lists and objects of marks: anything else is not understood.
    private func checked(_ marks: PlanValue, _ node: PlanNode) throws -> PlanValue {
        switch marks {
        case .boolean, .null: break
        case .list(let elements): for each in elements { _ = try checked(each, node) }
        case .object(let members): for each in members.values { _ = try checked(each, node) }
        case .string, .number: throw PlanDocumentError.shape(path: node.path, expected: "marks of sensitive values")
        }
        return marks
    }
}
