/// Which layers an environment has, what flows between them, and in which order they can be applied.
package struct StackGraph: Sendable, Equatable {
    package struct Edge: Codable, Sendable, Equatable {
        package let from: StackLayer
        package let to: StackLayer
        /// Output that flows, and the members of it that are taken.
        package let output: String
        package let members: [String]
    }

    package let layers: [StackLayer]
    package let edges: [Edge]
    /// Layers of one wave need nothing of each other and run at the same time. `bootstrap` is in none.
    package let waves: [[StackLayer]]

    package init(_ layers: [StackLayer]) {
        self.layers = layers.sorted()
        edges = self.layers.flatMap { layer in
            layer.inputs.map { input in
                Edge(from: input.layer, to: layer, output: input.name, members: input.members.map(\.name))
            }
        }
        waves = Self.waves(self.layers.filter { $0 != .bootstrap })
    }

    /// The layers that `layer` takes outputs of.
    package func needs(of layer: StackLayer) -> Set<StackLayer> { Set(edges.filter { $0.to == layer }.map(\.from)) }

    /// `layers`, and everything that takes outputs of them, directly or not.
    package func affected(by layers: Set<StackLayer>) -> Set<StackLayer> {
        waves.joined().reduce(into: layers) { reached, layer in
            if !needs(of: layer).isDisjoint(with: reached) { reached.insert(layer) }
        }
    }

    private static func waves(_ layers: [StackLayer]) -> [[StackLayer]] {
        var waves: [[StackLayer]] = []
        var placed: Set<StackLayer> = []
        while placed.count < layers.count {
            let next = layers.filter { layer in
                !placed.contains(layer) && layer.inputs.allSatisfy { placed.contains($0.layer) }
            }
            precondition(!next.isEmpty, "the layers need each other in a circle, or one that is not rendered")
            waves.append(next)
            placed.formUnion(next)
        }
        return waves
    }
}
