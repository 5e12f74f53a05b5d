/// An answer of any protocol as a tree: XML elements, or the members of JSON objects.
///
/// Lists are elements with many children: `item` and `member` in XML as the service calls them, always `member` from JSON.
package struct AWSDocument: Sendable, Equatable {
    package let name: String
    /// Text of an element that holds no others; `true`, `false` and numbers as JSON writes them.
    package let text: String
    package let children: [AWSDocument]

    package init(_ name: String, text: String = "", children: [AWSDocument] = []) {
        (self.name, self.text, self.children) = (name, text, children)
    }

    package static let empty = AWSDocument("")

    /// The first element at the end of a path of names; nil when there is none.
    package subscript(_ path: String...) -> AWSDocument? { at(path[...]) }

    /// The elements at the end of a path, below every element on the way.
    package func all(_ path: String...) -> [AWSDocument] {
        path.reduce([self]) { found, name in found.flatMap { $0.children.filter { $0.name == name } } }
    }

    /// Texts of `all`.
    package func texts(_ path: String...) -> [String] {
        path.reduce([self]) { found, name in found.flatMap { $0.children.filter { $0.name == name } } }.map(\.text)
    }

    /// Text at the end of a path; nil when there is none, or nothing in it.
    package func text(_ path: String...) -> String? { at(path[...]).flatMap { $0.text.isEmpty ? nil : $0.text } }

    /// Whether `true` stands at the end of a path; an element that is not there says no.
    package func flag(_ path: String...) -> Bool { at(path[...])?.text.lowercased() == "true" }

    package func number(_ path: String...) -> Double? { at(path[...]).flatMap { Double($0.text) } }

    private func at(_ path: ArraySlice<String>) -> AWSDocument? {
        guard let name = path.first else { return self }
        return children.first { $0.name == name }?.at(path.dropFirst())
    }
}
