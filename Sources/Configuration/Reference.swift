import Foundation

/// A `${kind:name}` inside a value.
package struct Reference: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        /// A variable of opsctl's own environment.
        case env
        /// The content of a file, without its last newline; relative to the project's folder.
        case file
        /// The value of a variable of `app.environment`, so that a probe looks with exactly what the app gets.
        case app
        /// An output of the environment's Terraform stacks, such as `postgres.endpoint.host`.
        case stack
        /// `port` or `color` of the slot a release is started in; filled in by the runner.
        case slot
        /// `name` of the release being started; filled in by the runner.
        case release
        /// A value captured by an earlier smoke step; filled in while the suite runs.
        case capture
    }

    package let kind: Kind
    package let name: String

    /// Whether the value is known before a deploy is under way.
    package var isStatic: Bool { [.env, .file, .app, .stack].contains(kind) }

    static func isPresent(in text: String) -> Bool { text.contains("${") }

    /// Splits a text into literal pieces and references; nil with the offending piece when a reference is malformed.
    package static func parse(_ text: String) -> Result<[Piece], Malformed> {
        var pieces: [Piece] = []
        var rest = text[...]
        while let start = rest.range(of: "${") {
            if start.lowerBound > rest.startIndex { pieces.append(.literal(String(rest[..<start.lowerBound]))) }
            guard let end = rest[start.upperBound...].firstIndex(of: "}") else {
                return .failure(Malformed(text: String(rest[start.lowerBound...])))
            }
            let inner = rest[start.upperBound..<end]
            let parts = inner.split(separator: ":", maxSplits: 1).map(String.init)
            guard parts.count == 2, let kind = Kind(rawValue: parts[0]), !parts[1].isEmpty else {
                return .failure(Malformed(text: "${\(inner)}"))
            }
            pieces.append(.reference(Reference(kind: kind, name: parts[1])))
            rest = rest[rest.index(after: end)...]
        }
        if !rest.isEmpty { pieces.append(.literal(String(rest))) }
        return .success(pieces)
    }

    package enum Piece: Sendable, Equatable {
        case literal(String)
        case reference(Reference)
    }

    package struct Malformed: Error, Equatable {
        let text: String
    }
}
