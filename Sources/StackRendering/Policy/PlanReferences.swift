/// Follows what an argument refers to, through outputs and variables of modules, to resources of the same layer.
struct PlanReferences {
    let resources: [PolicyResource]

    struct Sources {
        var resources: [PolicyResource] = []
        /// False when some reference leads to where the plan does not say more, such as a local value.
        var isComplete = true

        fileprivate mutating func add(_ other: Sources) {
            resources += other.resources
            isComplete = isComplete && other.isComplete
        }
    }

    /// The place that an expression stands in.
    private struct Place {
        let layer: String
        let module: String
        let index: PlanValue?
        let forEach: PlanValue?
        let configuration: PlanConfiguration
    }

    /// The resources that `argument` takes its value from.
    func sources(of resource: PolicyResource, _ argument: String) -> Sources {
        guard let expression = resource.declaration?["expressions"]?[argument] else {
            return Sources(isComplete: false)
        }
        return sources(of: resource, in: expression)
    }

    /// The resources that a part of what the files say about `resource` refers to.
    func sources(of resource: PolicyResource, in expression: PlanValue) -> Sources {
        guard let declaration = resource.declaration else { return Sources(isComplete: false) }
        let place = Place(
            layer: resource.layer, module: resource.module, index: resource.index,
            forEach: declaration["for_each_expression"], configuration: resource.configuration)
        return follow(expression, at: place, depth: 0)
    }

    private func follow(_ expression: PlanValue?, at place: Place, depth: Int) -> Sources {
        guard depth < 16 else { return Sources(isComplete: false) }
        let names = references(in: expression)
        var sources = Sources()
        for name in names
        where !names.contains(where: {
            $0 != name && $0.hasPrefix(name) && "[.".contains($0.dropFirst(name.count).first ?? " ")
        }) {
            sources.add(follow(name, at: place, depth: depth + 1))
        }
        return sources
    }

    private func follow(_ name: String, at place: Place, depth: Int) -> Sources {
        let steps = Self.steps(name)
        switch steps.first?.name {
        case "each" where steps.count > 1 && steps[1].name == "value":
            return follow(place.forEach, at: place, depth: depth)
        case "each", "count", "path", "terraform": return Sources()
        case "local", "self", nil: return Sources(isComplete: false)
        case "var" where steps.count > 1: return variable(steps[1].name, at: place, depth: depth)
        case "module" where steps.count > 2: return output(steps[2].name, of: steps[1], at: place, depth: depth)
        case "data" where steps.count > 2: return instances(steps[1].name, steps[2], isData: true, at: place)
        default:
            return steps.count > 1
                ? instances(steps[0].name, steps[1], isData: false, at: place) : Sources(isComplete: false)
        }
    }

    private func variable(_ name: String, at place: Place, depth: Int) -> Sources {
        guard let call = place.configuration.call(of: place.module) else { return Sources(isComplete: false) }
        guard let expression = call["expressions"]?[name] else { return Sources() }  // its default refers to nothing
        let parent = Place(
            layer: place.layer, module: PlanConfiguration.parent(of: place.module), index: nil,
            forEach: call["for_each_expression"], configuration: place.configuration)
        return follow(expression, at: parent, depth: depth)
    }

    private func output(_ name: String, of module: Step, at place: Place, depth: Int) -> Sources {
        let address = (place.module.isEmpty ? "" : "\(place.module).") + "module.\(module.name)\(module.key ?? "")"
        guard let expression = place.configuration.module(address)?["outputs"]?[name]?["expression"] else {
            return Sources(isComplete: false)
        }
        let inner = Place(
            layer: place.layer, module: address, index: nil, forEach: nil, configuration: place.configuration)
        return follow(expression, at: inner, depth: depth)
    }

    /// The instances of a resource; of several the one with the same key as the place, if there is one.
    private func instances(_ type: String, _ step: Step, isData: Bool, at place: Place) -> Sources {
        let all = resources.filter {
            $0.layer == place.layer && $0.module == place.module && $0.type == type && $0.name == step.name
                && $0.isData == isData
        }
        if let key = step.key { return Sources(resources: all.filter { $0.address.hasSuffix(key) }) }
        let twin = all.filter { $0.index != nil && $0.index == place.index }
        return Sources(resources: twin.isEmpty ? all : twin, isComplete: !all.isEmpty)
    }

    private struct Step {
        let name: String
        /// `["x"]` or `[0]`.
        let key: String?
    }

    private static func steps(_ reference: String) -> [Step] {
        reference.matches(of: #/([A-Za-z0-9_-]+)(\[("(\\.|[^"\\])*"|[0-9]+)\])?/#).map {
            Step(name: String($0.1), key: $0.2.map(String.init))
        }
    }
}
