/// One row of a result.
package struct Row: Sendable, Equatable {
    let columns: [String]
    let values: [SQLValue]

    /// Reads a column as the type that the caller expects; `Optional` where NULL may be.
    /// - Throws: `DatabaseError.column` when there is no such column or it holds something else.
    package func get<Value: SQLConvertible>(_ column: String, as type: Value.Type = Value.self) throws -> Value {
        guard let index = columns.firstIndex(of: column) else {
            throw DatabaseError.column(column, why: "the result has no such column")
        }
        guard let value = Value(sqlValue: values[index]) else {
            throw DatabaseError.column(column, why: "it holds \(values[index].kind), expected \(Value.self)")
        }
        return value
    }
}

/// What a statement did.
package struct StatementResult: Sendable, Equatable {
    /// The rows of a SELECT or of a RETURNING clause.
    package let rows: [Row]
    /// Rows inserted, updated or deleted; 0 for a SELECT.
    package let affected: Int
}
