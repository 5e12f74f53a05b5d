/// A part of an environment that has a state of its own and is planned and applied as one.
package enum StackLayer: String, Codable, Sendable, CaseIterable, Comparable {
    /// The bucket of everybody's state; made once by `stack bootstrap`.
    case bootstrap
    case identity, network, storage
    /// The registry and the secrets: images are pushed and secrets put there before the application can start.
    case supply
    case data, edge, app, observability

    package static func < (first: Self, second: Self) -> Bool { first.rank < second.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// A file of an environment; the path is relative to the environment's folder.
package struct RenderedFile: Sendable, Equatable {
    package let path: String
    package let text: String

    package init(path: String, text: String) { (self.path, self.text) = (path, text) }
}
