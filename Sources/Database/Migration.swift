import Cryptography

/// One step of a schema. Once released its text never changes: write a new one instead.
package struct Migration: Sendable {
    package let version: Int
    package let name: String
    private let sqlite: String
    private let postgres: String

    /// `common` is for both engines; it may hold several statements.
    package init(_ version: Int, _ name: String, common: String) {
        (self.version, self.name, sqlite, postgres) = (version, name, common, common)
    }

    package init(_ version: Int, _ name: String, sqlite: String, postgres: String) {
        (self.version, self.name, self.sqlite, self.postgres) = (version, name, sqlite, postgres)
    }

    func script(for dialect: SQLDialect) -> String { dialect == .sqlite ? sqlite : postgres }
    func checksum(for dialect: SQLDialect) -> String { hex(sha256(script(for: dialect).utf8)) }
}
