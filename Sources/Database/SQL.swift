package enum SQLDialect: String, Sendable { case sqlite, postgres }

/// A statement with its values, written as a string: `"SELECT name FROM job WHERE id = \(id)"`.
///
/// An interpolated value is always bound, never spliced into the text, so that nothing can be injected. `\(raw:)` splices and is
/// for names and fragments from our own source only.
package struct SQL: Sendable, ExpressibleByStringInterpolation {
    fileprivate indirect enum Piece: Sendable {
        case text(String)
        case value(SQLValue)
        case fragment(SQL)
    }

    private var pieces: [Piece] = []
    private var postgresPieces: [Piece]?

    package init(stringLiteral text: String) { pieces = [.text(text)] }
    package init(stringInterpolation: Interpolation) { pieces = stringInterpolation.pieces }

    /// For the few statements that the engines spell differently.
    package init(sqlite: SQL, postgres: SQL) { (pieces, postgresPieces) = (sqlite.pieces, postgres.pieces) }

    package struct Interpolation: StringInterpolationProtocol {
        fileprivate var pieces: [Piece] = []

        package init(literalCapacity: Int, interpolationCount: Int) {}
        package mutating func appendLiteral(_ literal: String) { pieces.append(.text(literal)) }
        package mutating func appendInterpolation(_ value: some SQLConvertible) {
            pieces.append(.value(value.sqlValue))
        }
        /// Binds each element: `IN (\(list: ids))`.
        package mutating func appendInterpolation(list values: [some SQLConvertible]) {
            for (index, value) in values.enumerated() {
                if index > 0 { pieces.append(.text(", ")) }
                pieces.append(.value(value.sqlValue))
            }
        }
        /// A part that the engines may spell differently.
        package mutating func appendInterpolation(_ part: SQL) { pieces.append(.fragment(part)) }
        package mutating func appendInterpolation(raw text: String) { pieces.append(.text(text)) }
    }

    /// The statement as `dialect` wants it, with `?1` or `$1` in the places of the values.
    func rendered(for dialect: SQLDialect) -> (text: String, values: [SQLValue]) {
        var text = ""
        var values: [SQLValue] = []
        render(for: dialect, &text, &values)
        return (text, values)
    }

    private func render(for dialect: SQLDialect, _ text: inout String, _ values: inout [SQLValue]) {
        for piece in dialect == .postgres ? postgresPieces ?? pieces : pieces {
            switch piece {
            case .text(let fragment): text += fragment
            case .fragment(let part): part.render(for: dialect, &text, &values)
            case .value(let value):
                values.append(value)
                text += "\(dialect == .postgres ? "$" : "?")\(values.count)"
            }
        }
    }
}
