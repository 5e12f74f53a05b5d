import OpsModel
package import PostgresClient

/// What is expected of a PostgreSQL server. What is nil, empty or false beyond the first five is not asked for.
package struct PostgresExpectation: Codable, Sendable {
    package enum Role: String, Codable, Sendable { case primary, replica }
    package enum Protection: String, Codable, Sendable { case required, verified, off }

    /// Where the schema's version is written down.
    package struct Migrations: Codable, Sendable, Equatable {
        package var table: String
        package var column: String
        package var expected: String
        /// A boolean column that is true for a migration which failed half-way.
        package var dirtyColumn: String?
        /// A boolean column that is false for a migration which failed half-way.
        package var successColumn: String?
        /// The newest migration is that with the greatest value here; without it, that of the greatest version.
        package var orderColumn: String?

        package init(
            table: String, column: String, expected: String, dirtyColumn: String? = nil, successColumn: String? = nil,
            orderColumn: String? = nil
        ) {
            (self.table, self.column, self.expected) = (table, column, expected)
            (self.dirtyColumn, self.successColumn) = (dirtyColumn, successColumn)
            self.orderColumn = orderColumn
        }
    }

    package var url: PostgresURL
    package var role: Role
    package var protection: Protection
    package var refusesPlaintext: Bool
    package var writesCanary: Bool

    package var minimumVersion: String?
    package var settings: [String: String] = [:]
    package var systemIdentifier: String?
    /// How many standbys stream.
    package var standbyCount: Int?
    /// Their application names.
    package var standbyNames: [String] = []
    package var archivesWAL: Bool?
    package var appRole: String?
    package var migrations: Migrations?
    /// Name to least version, or `any`.
    package var extensions: [String: String] = [:]
    package var replicaURL: PostgresURL?
    /// Reads pg_hba.conf through the server, which needs a grant.
    package var auditsAccess = false
    /// Every sequence must be readable, not only those that the role may read anyway.
    package var readsSequences = false

    /// Plaintext must be refused unless protection is off, when nothing else is said.
    package init(
        url: PostgresURL, role: Role, protection: Protection, refusesPlaintext: Bool? = nil, writesCanary: Bool
    ) {
        (self.url, self.role, self.protection) = (url, role, protection)
        (self.refusesPlaintext, self.writesCanary) = (
            refusesPlaintext ?? (protection != .off), writesCanary
        )
    }
}

/// A name as SQL takes it, whatever it holds: `"a""b"`.
func quotedIdentifier(_ name: String) -> String { "\"\(name.replacing("\"", with: "\"\""))\"" }

/// `schema.table` or `table`, each part quoted.
func quotedPath(_ path: String) -> String {
    path.split(separator: ".", omittingEmptySubsequences: false).map { quotedIdentifier(String($0)) }
        .joined(separator: ".")
}

/// A `text[]` literal.
func arrayLiteral(_ values: [String]) -> String {
    let items = values.map { "\"\($0.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\"" }
    return "{\(items.joined(separator: ","))}"
}
