import ArgumentParser
import Drills
import Ledger
import OpsModel

struct DrillPitr: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pitr",
        abstract: "Restore the database to a moment in the past on a scratch server, and measure RPO and RTO.",
        discussion: """
            Writes one row before and one after a moment, waits until their WAL is archived, restores a backup to that moment on a
            server that only the drill can reach, and looks for the rows. The live server sees SQL only: two rows in
            opsctl_probe.heartbeat, which are deleted again. Everything else lies in one scratch folder, which is removed
            also when opsctl is killed.

            Examples:
              opsctl drill pitr
              opsctl drill pitr --env production --format json
              opsctl drill pitr --dry-run

            Exit codes: 0 the restore holds and keeps the objectives, 1 it does not, 2 could not determine, 78 invalid
            configuration, 124 drills.pitr.timeout reached, 130 or 143 interrupted.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: FormatOption
    @Flag(name: .long, help: "Print the plan; nothing is asked, started or written.") var dryRun = false

    func run() async throws {
        let composition = try global.composition()
        let drill = PITRDrill(try PITRSettings(composition.project), observe: DrillStory().tell)
        if dryRun { return try drill.plan.show(as: output.format) }
        let ledger = try await composition.ledger()
        let report = try await interruptible {
            let evidence = DrillEvidence(ledger: ledger, subject: "drill:pitr:\(drill.id)", step: "pitr")
            return try await evidence.recording(environment: composition.project.environmentName) { await drill.run() }
        }
        try report.finish(as: output.format)
    }
}
