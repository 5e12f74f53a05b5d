import ArgumentParser
import Deploy
import Ledger
import OpsModel

struct DeployAbort: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "abort", abstract: "Stop an unfinished deploy and take traffic back to the baseline.",
        discussion: """
            A deployer that runs is told through the ledger, also on another machine, and goes back itself. One that is gone is
            replaced by a rollback. When nothing is open nothing is done.

            Examples:
              opsctl deploy abort --why "wrong release"
              opsctl deploy abort --env production --why "paged for checkout errors"

            Exit codes: 0 nothing was open, or it has gone back, 1 too late: it was promoted, 5 an operator is needed, 78 invalid configuration, 124 the
            deployer has not gone back in time.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: FormatOption
    @Option(name: .long, help: "Reason, for the record.") var why = "no reason was given"
    @Option(name: .long, help: "How long to wait for a deployer that runs, such as 5m.") var timeout = "5m"

    func validate() throws {
        guard Duration(text: timeout) != nil else { throw ValidationError("--timeout takes a duration such as 5m") }
    }

    func run() async throws {
        let composition = try global.composition()
        let ledger = try await composition.ledger()
        let name = composition.project.environmentName
        guard let open = try await DeployHistory.read(ledger, environment: name, verifying: false).open.last else {
            return try tell("nothing_open", nil, "no deploy of \(name) is open: nothing was done")
        }
        let holder = try await ledger.leaseHolder("deploy/\(name)")
        guard let holder, try Rollout.isAlive(holder) else {
            Story.standard.tell("the deployer of \(open.id) is gone: going back in its place")
            var rollback = DeployRollback()
            (rollback.global, rollback.output, rollback.dryRun) = (global, output, false)
            return try await rollback.run()
        }
        let journal = DeployJournal(ledger: ledger, deployID: open.id)
        let by = operatorName(composition.project.variables)
        try await journal.request(.abortRequested, .init(by: by, why: why, step: nil))
        Story.standard.tell("told pid \(holder.pid) on \(holder.host); it goes back at its next look")
        try await wait(for: open.id, ledger, name)
    }

    private func wait(for id: String, _ ledger: Ledger, _ name: String) async throws {
        let deadline = ContinuousClock.now + (Duration(text: timeout) ?? .zero)
        while ContinuousClock.now < deadline {
            let history = try await DeployHistory.read(ledger, environment: name, verifying: false)
            if let deploy = history.deploys.first(where: { $0.id == id }), let outcome = deploy.outcome {
                try tell(outcome.rawValue, id, "deploy \(id) is closed: \(outcome.rawValue): \(deploy.why ?? "")")
                // It came too late: the release has the traffic for good.
                if outcome == .promoted { throw ExitStatus.negative }
                return
            }
            let holder = try await ledger.leaseHolder("deploy/\(name)")
            if try holder.map(Rollout.isAlive) != true {
                Story.standard.tell("deploy \(id) is still open and its deployer is gone: opsctl deploy status")
                throw ExitStatus.needsOperator
            }
            try await Task.sleep(for: .milliseconds(250))
        }
        throw ExitStatus.deadline
    }

    private struct Report: Encodable {
        let schema = 1
        let outcome: String
        let deployID: String?

        private enum CodingKeys: String, CodingKey {
            case schema, outcome
            case deployID = "deploy_id"
        }
    }

    private func tell(_ outcome: String, _ id: String?, _ text: String) throws {
        switch output.format {
        case .json: show(String(decoding: try canonicalJSON(Report(outcome: outcome, deployID: id)), as: UTF8.self))
        case .text: show(text)
        }
    }
}
