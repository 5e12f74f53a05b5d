/// The rows of one statement, as text; NULL is nil.
package struct PostgresRows: Sendable, Equatable {
    package let columns: [String]
    package let rows: [[String?]]
    /// Rows inserted, updated or deleted; 0 for a SELECT.
    package let affected: Int

    package init(columns: [String], rows: [[String?]], affected: Int) {
        (self.columns, self.rows, self.affected) = (columns, rows, affected)
    }

    package func value(_ column: String, row: Int = 0) -> String? {
        guard rows.indices.contains(row), let index = columns.firstIndex(of: column) else { return nil }
        return rows[row][index]
    }
}
