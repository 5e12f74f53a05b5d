import Foundation
import OpsModel
import ProcessClient

/// The newest backup of a pgBackRest repository, which is only read.
struct PgBackRest: BackupSource {
    let stanza: String
    let config: String?
    let repository: Int?

    private var common: [String] {
        ["pgbackrest", "--stanza=\(stanza)", "--log-level-file=off", "--log-level-stderr=off"]
            + (config.map { ["--config=\($0)"] } ?? []) + (repository.map { ["--repo=\($0)"] } ?? [])
    }

    private struct Stanza: Decodable {
        struct Status: Decodable { let code: Int, message: String }
        struct Backup: Decodable {
            struct Info: Decodable { let size: Int64 }
            let label: String
            let error: Bool?
            let info: Info
        }
        let status: Status
        let backup: [Backup]
    }

    func preflight(_ facts: LiveServer.Facts, _ account: ScratchAccount) async throws -> Int64 {
        guard findExecutable("pgbackrest") != nil else {
            throw DrillError.missingProgram(
                name: "pgbackrest", why: "no executable file of that name in PATH", debianPackage: "pgbackrest")
        }
        if let config, try await !account.can("-r", config) {
            throw DrillError.closed(path: config, user: account.name, need: "read the configuration of pgbackrest")
        }
        return try await newest(account, in: "/").info.size
    }

    func backup(_ facts: LiveServer.Facts, on site: PITRSite) async throws -> DrillBackup {
        let newest = try await newest(site.account, in: site.folder.work)
        return DrillBackup(label: newest.label, sizeBytes: newest.info.size, isVerified: false)
    }

    private func newest(_ account: ScratchAccount, in folder: String) async throws -> Stanza.Backup {
        let command = account.command(infoLine, in: folder)
        let result = try await runCommand(command, timeout: withoutOwnLimit).checked(command)
        let stanzas: [Stanza]
        do { stanzas = try JSONDecoder().decode([Stanza].self, from: Data(result.output.utf8)) } catch {
            throw DrillError.unreadable(
                what: "the list of backups", place: command.line, why: "not in the form of pgbackrest's JSON: \(error)")
        }
        guard let stanza = stanzas.first else {
            throw DrillError.unreadable(what: "the list of backups", place: command.line, why: "it is empty")
        }
        guard let newest = stanza.backup.last(where: { $0.error != true }) else {
            throw DrillError.noBackup(repository: "stanza \(self.stanza)", why: stanza.status.message)
        }
        return newest
    }

    func restore(_ backup: DrillBackup, to target: String, _ facts: LiveServer.Facts, on site: PITRSite) async throws {
        try site.account.makeFolder(site.folder.data)
        let command = site.account.command(
            restoreLine(backup.label, to: target, work: site.folder.work), in: site.folder.work)
        let result = try await runCommand(command, timeout: withoutOwnLimit)
        guard result.status == 0 else {
            let evidence = lastLines(result.errors.isEmpty ? result.output : result.errors, 3)
            // pgbackrest's own codes: checksum, invalid file, missing file, invalid backup set.
            if [26, 28, 55, 75].contains(result.status) {
                throw DrillError.badBackup(backup: backup.label, evidence: evidence)
            }
            throw DrillError.backupFailed(
                command: command.line, evidence: evidence, fix: "run the command by hand to see the whole story")
        }
    }

    func restoreCommand(on site: PITRSite) -> String {
        let work = site.folder.work
        let line = common + ["--pg1-path=\(site.folder.data)", "--lock-path=\(work)/lock", "--no-archive-async"]
        return line.map { shellQuoted($0.replacing("%", with: "%%")) }.joined(separator: " ") + " archive-get %f \"%p\""
    }

    var infoLine: [String] { common + ["--output=json", "info"] }

    /// Writes only below `work`: files, tablespaces, the lock.
    func restoreLine(_ label: String, to target: String, work: String) -> [String] {
        common + ["--pg1-path=\(work)/data", "--lock-path=\(work)/lock", "--tablespace-map-all=\(work)/tablespaces"]
            + ["--set=\(label)", "--type=time", "--target=\(target)", "--target-action=pause", "restore"]
    }
}
