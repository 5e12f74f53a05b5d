import OpsModel
import PostgresClient
import ProcessClient

extension PITRDrill {
    /// Angle brackets stand for what only the run knows.
    package var plan: DrillPlan {
        let work = "\(settings.scratch)/opsctl-drill.XXXXXX/work"
        let programs = PITRPrograms(folder: settings.binaries ?? PITRPrograms.guess(major: nil))
        let (backup, restore) = lines(work: work, programs)
        let steps: [DrillPlan.Step] = [
            .init(
                step: "preflight",
                what: "ask \(settings.url) for role, archiving, rights and size; free space of \(settings.scratch)"),
            .init(step: "scratch", what: "make \(work) and start its janitor"),
            .init(step: "backup", what: backup),
            .init(
                step: "heartbeat",
                what: "INSERT INTO opsctl_probe.heartbeat: '\(id)-before'; note <TIME>; then '\(id)-after'"),
            .init(
                step: "archive",
                what: "SELECT pg_switch_wal() if the role may; wait until pg_stat_archiver has passed both rows"),
            .init(step: "restore", what: restore),
            .init(
                step: "recover",
                what: "\(programs.postgres) -D \(work)/data -c config_file=\(work)/postgresql.conf; wait for the pause"),
            .init(step: "query", what: "the first row is there, the second is not; identifier and counts are the same"),
            .init(
                step: "clean up",
                what: "stop the scratch server, remove its folder, delete the two rows on the live server"),
        ]
        return DrillPlan(
            drill: "pitr", environment: settings.environment, method: settings.method.name, steps: steps)
    }

    private func lines(work: String, _ programs: PITRPrograms) -> (String, String) {
        func shell(_ line: [String]) -> String { line.map(shellQuoted).joined(separator: " ") }
        switch settings.method {
        case .baseBackup(let archive, let command):
            let source = BaseBackup(url: settings.url, archive: archive, command: command)
            return (
                shell([programs.baseBackup] + source.arguments(work: work, tablespaces: [])),
                "cp -a \(work)/base \(work)/data; recovery_target_time = '<TIME>', restore_command = \(command)"
            )
        case .pgBackRest(let stanza, let config, let repository):
            let source = PgBackRest(stanza: stanza, config: config, repository: repository)
            return (shell(source.infoLine), shell(source.restoreLine("<LABEL>", to: "<TIME>", work: work)))
        }
    }
}
