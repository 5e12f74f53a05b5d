import Disk
import Foundation
import Glibc
import OpsModel
import PostgresClient
import ProcessClient

/// A fresh pg_basebackup of the live server, without WAL: that has to come from the archive.
struct BaseBackup: BackupSource {
    let url: PostgresURL
    let archive: String?
    let command: String

    func preflight(_ facts: LiveServer.Facts, _ account: ScratchAccount) async throws -> Int64 {
        guard facts.mayReplicate else {
            let name = "\"\(facts.role.replacing("\"", with: "\"\""))\""
            throw DrillError.missingRight(
                role: facts.role, need: "pg_basebackup needs the attribute REPLICATION",
                fix: "ALTER ROLE \(name) REPLICATION")
        }
        if let archive {
            for question in ["-r", "-x"] where try await !account.can(question, archive) {
                throw DrillError.closed(path: archive, user: account.name, need: "read the WAL archive")
            }
        }
        return facts.size * 2  // the backup, and the copy that is recovered
    }

    func backup(_ facts: LiveServer.Facts, on site: PITRSite) async throws -> DrillBackup {
        let (work, account) = (site.folder.work, site.account)
        try account.write(passwordFile, to: "\(work)/pgpass")
        if let authority = url.authorityFile, authority != "system" {
            try account.write(String(contentsOfFile: authority, encoding: .utf8), to: "\(work)/ca.crt")
        }
        let arguments = arguments(work: work, tablespaces: facts.tablespaces)
        let command = account.command(
            [site.programs.baseBackup] + arguments, in: work, environment: ["PGPASSFILE": "\(work)/pgpass"])
        let result = try await runCommand(command, timeout: withoutOwnLimit)
        try FileManager.default.removeItem(atPath: "\(work)/pgpass")
        guard result.status == 0 else { throw failure(result, command, facts.role) }
        let check = account.command([site.programs.verifyBackup, "-n", "-q", "\(work)/base"], in: work)
        let verified = try await runCommand(check, timeout: withoutOwnLimit)
        guard verified.status == 0 else {
            throw DrillError.badBackup(backup: "pg_basebackup", evidence: lastLines(verified.errors, 2))
        }
        let label = try String(contentsOfFile: "\(work)/base/backup_label", encoding: .utf8)
        let start = label.firstMatch(of: #/START WAL LOCATION: (\S+)/#).map { String($0.1) } ?? "?"
        return DrillBackup(
            label: "pg_basebackup at \(start)", sizeBytes: try folderSize("\(work)/base"), isVerified: true)
    }

    func restore(_ backup: DrillBackup, to target: String, _ facts: LiveServer.Facts, on site: PITRSite) async throws {
        let work = site.folder.work
        let copy = site.account.command(["/bin/cp", "-a", "\(work)/base", site.folder.data], in: work)
        try await runCommand(copy, timeout: withoutOwnLimit).checked(copy)
    }

    func restoreCommand(on site: PITRSite) -> String { command }

    /// The arguments hold no secret: the password is in the file that PGPASSFILE names.
    func arguments(work: String, tablespaces: [LiveServer.Tablespace]) -> [String] {
        // Without a mapping pg_basebackup would write where the live server's own files may be.
        let mappings = tablespaces.map { space in
            let old = space.location.replacing("=", with: "\\=")
            return "--tablespace-mapping=\(old)=\(work)/tablespaces/\(space.oid)"
        }
        return ["--dbname=\(connectionText(work: work))", "--pgdata=\(work)/base", "--wal-method=none"]
            + ["--checkpoint=fast", "--manifest-checksums=SHA256", "--no-password", "--no-sync"] + mappings
    }

    private func connectionText(work: String) -> String {
        var pairs = [
            ("host", url.host), ("port", "\(url.port)"), ("user", url.user), ("sslmode", url.tlsMode.rawValue),
            ("application_name", "opsctl-drill"), ("gssencmode", "disable"),
        ]
        if let authority = url.authorityFile {
            pairs.append(("sslrootcert", authority == "system" ? authority : "\(work)/ca.crt"))
        }
        return pairs.map { "\($0)=\(Self.quoted($1))" }.joined(separator: " ")
    }

    /// As libpq reads a value of a connection string.
    private static func quoted(_ value: String) -> String {
        let isPlain = !value.isEmpty && !value.contains { $0.isWhitespace || $0 == "'" || $0 == "\\" }
        if isPlain { return value }
        return "'\(value.replacing("\\", with: "\\\\").replacing("'", with: "\\'"))'"
    }

    private var passwordFile: String {
        let password = url.password?.reveal() ?? ""
        return "*:*:*:*:\(password.replacing("\\", with: "\\\\").replacing(":", with: "\\:"))\n"
    }

    private func failure(_ result: CommandResult, _ command: Command, _ role: String) -> DrillError {
        let isRefused = result.errors.contains("pg_hba.conf")
        return .backupFailed(
            command: command.line, evidence: lastLines(result.errors, 3),
            fix: isRefused
                ? "add to pg_hba.conf: hostssl replication \(role) ADDRESS scram-sha-256; then SELECT pg_reload_conf()"
                : "run the command by hand to see the whole story")
    }
}

/// Sum of the sizes of all files below `path`.
func folderSize(_ path: String) throws -> Int64 {
    guard let files = FileManager.default.enumerator(atPath: path) else {
        throw DiskError.failed(action: "list a folder", path: path, errno: errno)
    }
    var sum: Int64 = 0
    while files.nextObject() != nil {
        if files.fileAttributes?[.type] as? FileAttributeType == .typeRegular {
            sum += (files.fileAttributes?[.size] as? NSNumber)?.int64Value ?? 0
        }
    }
    return sum
}
