/// A text with `${stack:output.member}` in it: values that only Terraform knows.
struct StackTemplate {
    enum Piece: Equatable {
        case literal(String)
        case reference(String)
    }

    let pieces: [Piece]

    init(_ text: String) {
        var pieces: [Piece] = []
        var rest = text[...]
        while let start = rest.firstRange(of: "${stack:"), let end = rest[start.upperBound...].firstIndex(of: "}") {
            if start.lowerBound > rest.startIndex { pieces.append(.literal(String(rest[..<start.lowerBound]))) }
            pieces.append(.reference(String(rest[start.upperBound..<end])))
            rest = rest[rest.index(after: end)...]
        }
        if !rest.isEmpty { pieces.append(.literal(String(rest))) }
        self.pieces = pieces
    }

    var references: [String] {
        pieces.compactMap { piece in
            guard case .reference(let path) = piece else { return nil }
            return path
        }
    }

    /// The text as HCL: references become interpolations of the layer's variables.
    var value: HCLValue {
        if references.isEmpty { return .string(pieces.map(\.text).joined()) }
        if pieces.count == 1, let path = references.first { return .expression("var.\(path)") }
        let inner = pieces.map { piece in
            switch piece {
            case .literal(let text): String(HCLWriter.quoted(text).dropFirst().dropLast())
            case .reference(let path): "${var.\(path)}"
            }
        }
        return .expression("\"\(inner.joined())\"")
    }
}

extension StackTemplate.Piece {
    fileprivate var text: String {
        switch self {
        case .literal(let text), .reference(let text): text
        }
    }
}
