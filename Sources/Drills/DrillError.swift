package import OpsModel

/// Why a drill ended early. Some of these are judgements (the backups do not hold), the others say that it could not look.
package enum DrillError: DiagnosableError, Equatable {
    // Looked, and it is bad.
    case noArchive(setting: String, fix: String)
    case archiverFails(segment: String, failures: Int)
    case noBackup(repository: String, why: String)
    case badBackup(backup: String, evidence: String)
    case notRecovered(target: String, evidence: String)
    case noAgreement(master: String, why: String)
    case refused(command: String, place: String, reply: String)
    // Could not look.
    case replica(server: String)
    case missingRight(role: String, need: String, fix: String)
    case missingProgram(name: String, why: String, debianPackage: String)
    case account(name: String, why: String)
    case closed(path: String, user: String, need: String)
    case noSpace(path: String, free: Int64, needed: Int64)
    case unreadable(what: String, place: String, why: String)
    case notStarted(place: String, evidence: String)
    case backupFailed(command: String, evidence: String, fix: String)
    case deadline(limit: Duration, during: String)
    case interrupted(during: String)

    /// `fail` for a judgement, `inconclusive` where nothing was seen.
    package var verdict: Verdict {
        switch self {
        case .noArchive, .archiverFails, .noBackup, .badBackup, .notRecovered, .noAgreement, .refused: .fail
        case .replica, .missingRight, .missingProgram, .account, .closed, .noSpace, .unreadable, .notStarted,
            .backupFailed, .deadline, .interrupted:
            .inconclusive
        }
    }

    package var diagnostic: Diagnostic {
        switch self {
        case .noArchive(let setting, let fix):
            Diagnostic(
                "drill.no_archive", what: "the server does not archive its WAL", place: setting,
                why: "without an archive nothing after the last backup can be restored", fix: fix)
        case .archiverFails(let segment, let failures):
            Diagnostic(
                "drill.archiver_fails", what: "the server cannot archive its WAL", place: "segment \(segment)",
                why: "archive_command failed \(failures) times and has not succeeded since",
                fix: "see the server's log for what archive_command printed, mend it, then repeat")
        case .noBackup(let repository, let why):
            Diagnostic(
                "drill.no_backup", what: "there is no backup to restore", place: repository, why: why,
                fix: "make one: pgbackrest --stanza=… backup --type=full")
        case .badBackup(let backup, let evidence):
            Diagnostic(
                "drill.bad_backup", what: "the backup cannot be restored", place: backup, why: evidence,
                fix: "make a new backup now, then find out what damaged this one")
        case .notRecovered(let target, let evidence):
            Diagnostic(
                "drill.not_recovered", what: "the archive does not lead to the target time", place: target,
                why: evidence, fix: "make a new backup now, then find out where the missing WAL went")
        case .noAgreement(let master, let why):
            Diagnostic(
                "drill.no_agreement", what: "the sentinels could not carry a failover of \(master)", place: "sentinel",
                why: why, fix: "opsctl probe run, on a `sentinel` target, shows what each of them sees")
        case .refused(let command, let place, let reply):
            Diagnostic(
                "drill.refused", what: "\(command) was refused", place: place, why: reply,
                fix: "wait until the last failover has ended, and see the sentinel's log")
        case .replica, .missingRight, .missingProgram, .account, .closed, .noSpace: preflightDiagnostic
        case .unreadable, .notStarted, .backupFailed, .deadline, .interrupted: lateDiagnostic
        }
    }
}
