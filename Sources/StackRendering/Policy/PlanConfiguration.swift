/// What the files say, as far as a plan repeats it: declarations, and which other things each argument refers to.
struct PlanConfiguration: Sendable {
    let root: PlanValue?
    let providers: [String: PlanValue]
    private let variables: PlanValue?

    init(_ document: PlanDocument) {
        let configuration = document.root["configuration"]
        root = configuration?["root_module"]
        providers = configuration?["provider_config"]?.members ?? [:]
        variables = document.root["variables"]
    }

    func declaration(module: String, type: String, name: String, isData: Bool) -> PlanValue? {
        let address = "\(isData ? "data." : "")\(type).\(name)"
        return self.module(module)?["resources"]?.elements?.first { $0["address"] == .string(address) }
    }

    /// The module at an address such as `module.a["x"].module.b`.
    func module(_ address: String) -> PlanValue? {
        Self.steps(address).reduce(root) { $0?["module_calls"]?[$1.name]?["module"] }
    }

    /// The call that made a module; nil for the root.
    func call(of module: String) -> PlanValue? {
        guard let last = Self.steps(module).last else { return nil }
        return self.module(Self.parent(of: module))?["module_calls"]?[last.name]
    }

    /// What an expression of the root comes to, if it is a literal or one of the plan's variables.
    func constant(_ expression: PlanValue?) -> PlanValue? {
        if let literal = expression?["constant_value"] { return literal }
        guard case .list(let references)? = expression?["references"], references.count == 1,
            let name = references[0].string, name.hasPrefix("var.")
        else { return nil }
        return variables?[String(name.dropFirst(4))]?["value"]
    }

    static func parent(of module: String) -> String {
        steps(module).dropLast().map(\.text).joined(separator: ".")
    }

    /// Splits at the dots that stand outside of instance keys.
    static func steps(_ module: String) -> [(name: String, text: String)] {
        module.matches(of: #/module\.([A-Za-z0-9_-]+)(\[("(\\.|[^"\\])*"|[0-9]+)\])?/#).map {
            (String($0.1), String($0.0))
        }
    }
}

/// Every reference below an expression, in the order of the document.
func references(in expression: PlanValue?) -> [String] {
    switch expression {
    case .object(let members):
        members.sorted { $0.key < $1.key }.flatMap { key, value in
            key == "references" ? (value.elements ?? []).compactMap(\.string) : references(in: value)
        }
    case .list(let elements): elements.flatMap { references(in: $0) }
    default: []
    }
}
