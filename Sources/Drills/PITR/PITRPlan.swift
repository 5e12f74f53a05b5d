import OpsModel
import PostgresClient
import ProcessClient

/// What a drill would do, from the settings alone: nothing is asked, started or written.
package struct PITRPlan: Encodable, Sendable {
    package struct Step: Encodable, Sendable {
        package let step: String
        package let what: String
    }
    package let schema = 1
    package let drill = "pitr"
    package let environment: String
    package let method: String
    package let steps: [Step]

    /// Angle brackets stand for what only the run knows.
    package init(_ drill: PITRDrill) {
        let settings = drill.settings
        (environment, method) = (settings.environment, settings.method.name)
        let work = "\(settings.scratch)/opsctl-drill.XXXXXX/work"
        let programs = PITRPrograms(folder: settings.binaries ?? PITRPrograms.guess(major: nil))
        let (backup, restore) = Self.lines(drill, work: work, programs)
        steps = [
            Step(
                step: "preflight",
                what: "ask \(settings.url) for role, archiving, rights and size; free space of \(settings.scratch)"),
            Step(step: "scratch", what: "make \(work) and start its janitor"),
            Step(step: "backup", what: backup),
            Step(
                step: "heartbeat",
                what: "INSERT INTO opsctl_probe.heartbeat: '\(drill.id)-before'; note <TIME>; then '\(drill.id)-after'"),
            Step(
                step: "archive",
                what: "SELECT pg_switch_wal() if the role may; wait until pg_stat_archiver has passed both rows"),
            Step(step: "restore", what: restore),
            Step(
                step: "recover",
                what: "\(programs.postgres) -D \(work)/data -c config_file=\(work)/postgresql.conf; wait for the pause"),
            Step(step: "query", what: "the first row is there, the second is not; identifier and counts are the same"),
            Step(
                step: "clean up",
                what: "stop the scratch server, remove its folder, delete the two rows on the live server"),
        ]
    }

    private static func lines(_ drill: PITRDrill, work: String, _ programs: PITRPrograms) -> (String, String) {
        func shell(_ line: [String]) -> String { line.map(shellQuoted).joined(separator: " ") }
        switch drill.settings.method {
        case .baseBackup(let archive, let command):
            let source = BaseBackup(url: drill.settings.url, archive: archive, command: command)
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
