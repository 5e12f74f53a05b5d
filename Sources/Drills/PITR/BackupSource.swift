import OpsModel
import PostgresClient

/// A backup that was found or made.
package struct DrillBackup: Codable, Sendable, Equatable {
    package let label: String
    package let sizeBytes: Int64
    /// Whether every file was compared with its checksum.
    package let isVerified: Bool

    private enum CodingKeys: String, CodingKey {
        case label
        case sizeBytes = "size_bytes"
        case isVerified = "is_verified"
    }
}

/// Where the drill does its work, once the folder is there.
struct PITRSite: Sendable {
    let folder: DrillFolder
    let account: ScratchAccount
    let programs: PITRPrograms
    let port: Int
}

/// A way to get at backups.
protocol BackupSource: Sendable {
    /// Checks what can be checked before anything is made. - Returns: bytes that the scratch folder must have free.
    func preflight(_ facts: LiveServer.Facts, _ account: ScratchAccount) async throws -> Int64
    /// Makes a backup, or finds the newest.
    func backup(_ facts: LiveServer.Facts, on site: PITRSite) async throws -> DrillBackup
    /// Puts the backup's files at `site.folder.data`, ready for recovery to `target`.
    func restore(_ backup: DrillBackup, to target: String, _ facts: LiveServer.Facts, on site: PITRSite) async throws
    /// What fetches a WAL file during recovery, as PostgreSQL's restore_command.
    func restoreCommand(on site: PITRSite) -> String
}

/// Longer than any step: the drill's own deadline comes first and cancels the command.
let withoutOwnLimit = Duration.seconds(400 * 86_400)
