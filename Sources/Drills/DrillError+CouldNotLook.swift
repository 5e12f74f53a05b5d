import OpsModel

extension DrillError {
    /// What is found before anything is done.
    var preflightDiagnostic: Diagnostic {
        switch self {
        case .replica(let server):
            Diagnostic(
                "drill.replica", what: "the drill needs the primary", place: server, why: "this server is a replica",
                fix: "point drills.pitr.url at the primary")
        case .missingRight(let role, let need, let fix):
            Diagnostic(
                "drill.missing_right", what: "the role may not do what the drill needs", place: "role \(role)",
                why: need, fix: fix)
        case .missingProgram(let name, let why, let package):
            Diagnostic(
                "drill.missing_program", what: "a program of the drill is not usable", place: name, why: why,
                fix: "apt-get install -y --no-install-recommends \(package), or set drills.pitr.binaries")
        case .account(let name, let why):
            Diagnostic(
                "drill.account", what: "cannot run the scratch server as that user", place: "user \(name)", why: why,
                fix: "correct drills.pitr.user, or leave it out")
        case .closed(let path, let user, let need):
            Diagnostic(
                "drill.closed", what: "user \(user) cannot \(need)", place: path,
                why: "permission denied, or not there",
                fix: "give the user the right (chmod, setfacl -m u:\(user):rX), or correct the path")
        case .noSpace(let path, let free, let needed):
            Diagnostic(
                "drill.no_space", what: "there is not enough free space for the restored copy", place: path,
                why: "\(megabytes(free)) free, \(megabytes(needed)) needed",
                fix: "free some, or set drills.pitr.scratch to a folder on a larger disk")
        default: preconditionFailure("not found before anything is done")
        }
    }

    /// What goes wrong under way.
    var lateDiagnostic: Diagnostic {
        switch self {
        case .unreadable(let what, let place, let why):
            Diagnostic(
                "drill.unreadable", what: "cannot read \(what)", place: place, why: why,
                fix: "run the command by hand to see the whole story")
        case .notStarted(let place, let evidence):
            Diagnostic(
                "drill.not_started", what: "the scratch server did not start", place: place, why: evidence,
                fix: "mend what the server says, then repeat")
        case .backupFailed(let command, let evidence, let fix):
            Diagnostic("drill.backup_failed", what: "the backup failed", place: command, why: evidence, fix: fix)
        case .deadline(let limit, let step):
            Diagnostic(
                "drill.deadline", what: "the drill did not end in time", place: "step \(step)",
                why: "drills.pitr.timeout is \(limit.text)", fix: "see what that step waits for, or raise the timeout")
        case .interrupted(let step):
            Diagnostic(
                "drill.interrupted", what: "the drill was interrupted", place: "step \(step)", why: "a signal came",
                fix: "run it again")
        default: preconditionFailure("found before anything is done")
        }
    }
}

func megabytes(_ bytes: Int64) -> String {
    "\((Double(bytes) / 1_048_576 * 10).rounded() / 10) MiB"
}
