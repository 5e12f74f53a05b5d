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

    /// Like `values.faults`, but what the files set from another resource counts as present, and what they do not
    /// mention at all as absent, although only the apply will tell the value.
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
        let root = PlanNode(path: "", value: document.root)
        let changed = try zip(root["resource_changes"].list(), document.resourceChanges).compactMap { node, change in
            let isGone = change.isDeposed || [.destroy, .forget].contains(change.change.action)
            return isGone ? nil : try PolicyResource(node, change.change.sides.after, layer, configuration)
        }
        let told = Set(document.resourceChanges.map(\.address))
        let managed = try stateResources(root["planned_values"]["root_module"]).filter { try !$0.isData }
        let data = try stateResources(root["prior_state"]["values"]["root_module"]).filter { try $0.isData }
        return try changed
            + (managed + data).filter { try !told.contains($0["address"].text()) }.map { node in
                let values = MarkedValue(
                    value: node["values"].value ?? .null, sensitive: node["sensitive_values"].value ?? .boolean(true),
                    unknown: .null)
                return try PolicyResource(node, values, layer, configuration)
            }
    }

    private init(_ node: PlanNode, _ values: MarkedValue, _ layer: String, _ configuration: PlanConfiguration) throws {
        (self.layer, self.values, self.configuration) = (layer, values, configuration)
        (address, module) = (try node["address"].text(), Self.moduleAddress(of: node))
        (type, name, index) = (try node["type"].text(), try node["name"].text(), node["index"].value)
        isData = try node.isData
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

extension PlanNode {
    fileprivate var isData: Bool { get throws { try self["mode"].text() == "data" } }
}
