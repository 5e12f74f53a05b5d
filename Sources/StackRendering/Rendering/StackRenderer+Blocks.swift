/// The blocks that every layer is made of.
extension StackRenderer {
    /// - Parameter name: the folder of the module; it is also what the module is called here.
    func module(
        _ name: String, providers: [(String, String)] = [], isNamed: Bool = true, _ arguments: [(String, HCLValue)]
    ) -> HCLBlock {
        let map = providers.map { HCLField($0.0, .expression($0.1)) }
        return HCLBlock(
            "module", [name],
            [.set("source", .string("\(Self.modules)/\(name)"))]
                + (map.isEmpty ? [] : [.set("providers", .references(map))])
                + [.blankLine] + (isNamed ? [.set("name", .string(settings.name))] : [])
                + arguments.map { .set($0.0, $0.1) })
    }

    func output(_ module: String, _ description: String, _ names: [String]) -> HCLBlock {
        HCLBlock(
            "output", [module],
            [
                .set("description", .string(description)),
                .set("value", .object(names.map { HCLField($0, .expression("module.\(module).\($0)")) })),
            ])
    }

    func probeTargets(_ modules: String...) -> HCLBlock {
        let lists = modules.map { "module.\($0).probe_targets" }
        return HCLBlock(
            "output", ["probe_targets"],
            [
                .set("description", .string("What opsctl verifies about this layer.")),
                .set("value", .expression(lists.count == 1 ? lists[0] : "concat(\(lists.joined(separator: ", ")))")),
            ])
    }

    func variable(_ input: LayerInput) -> HCLBlock {
        let fields = input.members.map { HCLField($0.name, .expression($0.type.text)) }
        return HCLBlock(
            "variable", [input.name],
            [
                .set("description", .string("Output `\(input.name)` of the layer \(input.layer.rawValue).")),
                .set("type", .call("object", .object(fields))),
            ])
    }
}
