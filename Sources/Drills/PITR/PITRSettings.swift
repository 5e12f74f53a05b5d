package import PostgresClient

/// What `drills.pitr` says.
package struct PITRSettings: Sendable {
    /// Where the backup comes from.
    package enum Method: Sendable, Equatable {
        /// pg_basebackup from the live server; WAL by `restoreCommand`. `archive` is checked for readability when given.
        case baseBackup(archive: String?, restoreCommand: String)
        case pgBackRest(stanza: String, config: String?, repository: Int?)

        package var name: String {
            switch self {
            case .baseBackup: "base_backup"
            case .pgBackRest: "pgbackrest"
            }
        }
    }

    package let environment: String
    package let url: PostgresURL
    package let method: Method
    /// Folder of `postgres`, `pg_basebackup`, `pg_verifybackup`; nil finds the server's version.
    package var binaries: String?
    /// Operating system user of the scratch server, when opsctl is root.
    package var user: String?
    /// Folder in which the drill makes its own.
    package var scratch: String
    package var rpo: Duration?
    package var rto: Duration?
    package var timeout: Duration = .seconds(3600)
    /// Extra environment of the backup tool, for example `PGBACKREST_REPO1_CIPHER_PASS`.
    package var toolEnvironment: [String: String] = [:]

    package init(environment: String, url: PostgresURL, method: Method, scratch: String) {
        (self.environment, self.url, self.method, self.scratch) = (environment, url, method, scratch)
    }

    /// The command that copies a segment out of an archive folder, as `restore_command` wants it.
    package static func copying(from archive: String) -> String {
        let folder = archive.replacing("%", with: "%%")
        return "cp -- '\(folder.replacing("'", with: "'\\''"))/%f' '%p'"
    }
}
