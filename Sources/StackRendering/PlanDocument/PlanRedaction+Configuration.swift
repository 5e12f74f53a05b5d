extension PlanRedaction {
    /// Of a provider only what says where it works is kept: its other settings are credentials, and carry no marks.
    func providers(_ node: PlanNode) throws -> PlanValue {
        let harmless: Set = ["region", "allowed_account_ids", "default_tags"]
        return try map(node) { _, provider in
            try object(
                provider, keeping: ["name", "full_name", "alias", "version_constraint", "module_address"],
                ["expressions": { try map($0) { harmless.contains($0) ? $1.value ?? .null : literals($1.value) } }])
        }
    }

    func configuredModule(_ node: PlanNode) throws -> PlanValue {
        try object(
            node, keeping: [],
            [
                "resources": { try list($0, configuredResource) }, "module_calls": { try map($0) { try call($1) } },
                "outputs": { try map($0) { marked($1) } }, "variables": { try map($0) { marked($1) } },
            ])
    }

    private func configuredResource(_ node: PlanNode) throws -> PlanValue {
        let sensitive = found.attributes(of: try node["type"].text())
        return try object(
            node,
            keeping: [
                "address", "mode", "type", "name", "provider_config_key", "schema_version", "count_expression",
                "for_each_expression", "depends_on",
            ],
            ["expressions": { try map($0) { sensitive($0) ? literals($1.value) : $1.value ?? .null } }])
    }

    private func call(_ node: PlanNode) throws -> PlanValue {
        let variables = node["module"]["variables"]
        func isSensitive(_ name: String) -> Bool { variables[name]["sensitive"].value == .boolean(true) }
        return try object(
            node, keeping: ["source", "version_constraint", "count_expression", "for_each_expression", "depends_on"],
            [
                "expressions": { try map($0) { isSensitive($0) ? literals($1.value) : $1.value ?? .null } },
                "module": configuredModule,
            ])
    }

    /// A declaration that may say `sensitive`: then its literals are hidden.
    private func marked(_ node: PlanNode) -> PlanValue {
        let value = node.value ?? .null
        guard value["sensitive"] == .boolean(true), case .object(var members) = value else { return value }
        if let literal = members["default"] { members["default"] = found.hide(literal) }
        members["expression"] = members["expression"].map { literals($0) }
        return .object(members)
    }

    private func literals(_ value: PlanValue?) -> PlanValue {
        switch value {
        case .object(let members):
            .object(
                Dictionary(
                    uniqueKeysWithValues: members.map {
                        ($0.key, $0.key == "constant_value" ? found.hide($0.value) : literals($0.value))
                    }))
        case .list(let elements): .list(elements.map { literals($0) })
        default: value ?? .null
        }
    }
}
