/// A resource as it will be once the plan is applied, also one that stays as it is.
struct PolicyResource: Sendable {
    let layer: String
    let address: String
    let module: String
    let type: String
    let name: String
    let index: PlanValue?
    let isData: Bool
    let values: MarkedValue
    let configuration: PlanConfiguration

    /// What the files say about the resource's arguments; nil when the plan does not hold them.
    var declaration: PlanValue? { configuration.declaration(module: module, type: type, name: name, isData: isData) }

    /// Whether the files give the argument a value. Without a declaration that is not known, and so not said.
    func isConfigured(_ argument: String) -> Bool {
        guard let expression = declaration?["expressions"]?[argument] else { return false }
        return expression["constant_value"] != .null
    }

    /// Like `values.faults`, but what the files set from another resource counts as present, and what they do not mention
    /// at all as absent, although only the apply will tell the value.
    func faults(_ argument: String, _ expected: Expectation) -> [PolicyFault] {
        guard values.at(argument).isUnknown || hasUnknownElements(argument), declaration != nil else {
            return values.faults(argument, expected)
        }
        switch expected {
        case .present where isConfigured(argument): return []
        case .absent where !isConfigured(argument): return []
        case .absent: return [.broken("\(argument) is set, expected nothing")]
        default: return values.faults(argument, expected)
        }
    }

    private func hasUnknownElements(_ argument: String) -> Bool {
        values.blocks(argument)?.contains(where: \.isUnknown) ?? false
    }
}

extension PolicyResource {
    /// Everything managed that there will be, and all data, of one layer's plan.
    static func all(in document: PlanDocument, layer: String) throws -> [PolicyResource] {
        let configuration = PlanConfiguration(document)
        func resource(_ node: PlanNode, _ values: MarkedValue) throws -> PolicyResource {
            PolicyResource(
                layer: layer, address: try node["address"].text(), module: moduleAddress(of: node),
                type: try node["type"].text(),
                name: try node["name"].text(), index: node["index"].value, isData: try node["mode"].text() == "data",
                values: values, configuration: configuration)
        }
        var found: [PolicyResource] = []
        let root = PlanNode(path: "", value: document.root)
        for (node, change) in zip(try root["resource_changes"].list(), document.resourceChanges) where !change.isDeposed
        {
            guard change.change.action != .destroy, change.change.action != .forget else { continue }
            found.append(try resource(node, change.change.sides.after))
        }
        let gone = Set(document.resourceChanges.map(\.address))
        for (section, isData) in [(root["planned_values"], false), (root["prior_state"]["values"], true)] {
            for node in try stateResources(section["root_module"])
            where try (node["mode"].text() == "data") == isData && !gone.contains(node["address"].text()) {
                found.append(
                    try resource(
                        node,
                        MarkedValue(
                            value: node["values"].value ?? .null,
                            sensitive: node["sensitive_values"].value ?? .boolean(true),
                            unknown: .null)))
            }
        }
        return found
    }

    private static func stateResources(_ module: PlanNode) throws -> [PlanNode] {
        try module["resources"].list() + module["child_modules"].list().flatMap(stateResources)
    }

    /// In the state a resource does not name its module: it is what stands before type and name.
    private static func moduleAddress(of node: PlanNode) -> String {
        if let module = node["module_address"].value?.string { return module }
        guard let address = node["address"].value?.string, let type = node["type"].value?.string,
            let name = node["name"].value?.string
        else { return "" }
        let prefix = node["mode"].value == .string("data") ? "data." : ""
        let own = "\(prefix)\(type).\(name)"
        guard let range = address.ranges(of: own).last else { return "" }
        return String(address[..<range.lowerBound].dropLast())
    }
}
