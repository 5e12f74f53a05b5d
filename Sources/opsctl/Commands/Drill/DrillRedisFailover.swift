import ArgumentParser
import Drills
import Foundation
import Ledger
import OpsModel

struct DrillRedisFailover: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redis-failover",
        abstract: "Have sentinel promote a replica while a client writes, and measure what the client felt.",
        discussion: """
            Asks every sentinel first: they must agree on the master, have a quorum and know a replica in step. Then a client
            writes numbers into one list without a pause, one of the sentinels is told to fail over, and the client finds the
            new master by itself. Reported are the longest time without an acknowledged write, the acknowledged writes that
            the new master does not hold, and how long it took until all sentinels agreed and the old master was in step.
            The key is removed, and expires by itself should opsctl be killed.

            Clients of the service feel the same outage. Outside ephemeral environments --yes is needed, and in critical ones
            an open window of `maintenance` too.

            Examples:
              opsctl drill redis-failover
              opsctl drill redis-failover --env production --yes --format json
              opsctl drill redis-failover --dry-run

            Exit codes: 0 the failover keeps the objectives, 1 it does not, 2 could not determine, 3 refused, 78 invalid
            configuration, 124 drills.redis_failover.timeout reached, 130 or 143 interrupted.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: FormatOption
    @Flag(name: .long, help: "Print the plan; nothing is asked or written.") var dryRun = false
    @Flag(name: .long, help: "Yes, the clients of this environment may feel it.") var yes = false

    func run() async throws {
        let composition = try global.composition()
        let project = composition.project
        let settings = try RedisFailoverSettings(project)
        let drill = RedisFailoverDrill(settings, observe: DrillStory().tell)
        if dryRun { return try drill.plan.show(as: output.format) }
        let rule = DisturbanceRule(protection: project.protection, windows: try MaintenanceWindow.all(of: project))
        try rule.check(
            environment: project.environmentName, isAgreed: yes,
            what: "its clients cannot write until the new master has taken over",
            command: "opsctl drill redis-failover --env \(project.environmentName)", now: Date())
        let ledger = try await composition.ledger()
        let report = try await interruptible {
            let evidence = DrillEvidence(
                ledger: ledger, subject: "drill:redis-failover:\(drill.id)", step: "redis-failover")
            return try await evidence.recording(environment: project.environmentName) { await drill.run() }
        }
        try report.finish(as: output.format)
    }
}

extension RedisFailoverReport {
    func text(hasColor: Bool) -> String {
        let color: Color = verdict == .pass ? .green : verdict == .fail ? .red : .yellow
        var table = TextTable()
        if let oldMaster { table.add(["master", "\(oldMaster) -> \(newMaster ?? "no other one")"]) }
        if let outageMilliseconds {
            table.add(["write outage", "\(outageMilliseconds) ms without an acknowledged write"])
        }
        if let lost { table.add(["lost writes", "\(lost) of \(acknowledged) acknowledged"]) }
        if let agreementMilliseconds { table.add(["agreement", "after \(agreementMilliseconds) ms"]) }
        if let rejoinMilliseconds { table.add(["old master", "a replica in step after \(rejoinMilliseconds) ms"]) }
        for check in checks {
            table.add([check.check, "\(check.verdict.rawValue): \(check.observed), expected \(check.expected)"])
        }
        let head = "\(color.paint(verdict.rawValue, isOn: hasColor)): drill \(id), \(elapsedMilliseconds) ms"
        return ([head] + table.text.split(separator: "\n").map { "  \($0)" }).joined(separator: "\n")
    }
}
