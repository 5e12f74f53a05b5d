/// A part of an environment that has a state of its own and is planned and applied as one.
package enum StackLayer: String, Sendable, CaseIterable {
    case network, data, storage
}

/// A file of an environment; the path is relative to the environment's folder.
package struct RenderedFile: Sendable, Equatable {
    package let path: String
    package let text: String

    package init(path: String, text: String) { (self.path, self.text) = (path, text) }
}
