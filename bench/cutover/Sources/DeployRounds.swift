import Deploy
import Foundation
import LocalServices
import OpsModel
import ProcessClient

/// Real `opsctl deploy run` and `opsctl deploy rollback` by turns, under load, until both enough of them and enough requests were seen.
struct DeployRounds {
    let opsctl: String
    /// A deploy and its rollback each.
    let rounds: Int
    let requests: Int
    let clients = 12

    struct Result {
        var runs = 0
        var rollbacks = 0
        var tally = Clients.Tally()
        var bySlots = SlotTally()
        var underWay = 0

        /// What the router has sent to a slot for opsctl itself, and not for the clients.
        var own: Int { bySlots.requests - tally.requests }
        /// What opsctl's own receipts say of every change of the route.
        var (command, first, whole) = (Figures(), Figures(), Figures())
        var receipts = (requests: 0, failures: 0, lostByBaseline: 0, lostByCandidate: 0)
        var elapsed = Duration.zero
    }

    func run() async throws -> Result {
        var result = Result()
        try await Lane.run { lane in
            let project = try BenchProject(lane)
            _ = try await deploy(project, ["run", "--release", "first"], &result)
            try project.expectTraffic()
            result = Result()
            try await until("the router sends requests") { try await lane.router.accepts(lane.router.route().live) }
            let before = try await lane.router.counters()
            let load = Clients(port: lane.proxy.options.frontendPort, count: clients, pace: nil)
            let start = ContinuousClock.now
            load.start()
            var failure: (any Error)?
            do { try await cutOver(project, lane, &result) } catch { failure = error }
            result.tally = await load.stop()
            result.elapsed = .now - start
            if let failure { throw failure }
            let after = try await lane.router.counters()
            for slot in Slot.allCases {
                guard let start = before[slot], let end = after[slot] else { continue }
                let tally = SlotTally(from: start, to: end)
                result.bySlots.requests += tally.requests
                result.bySlots.errors += tally.errors
                result.bySlots.lost += tally.lost
                result.underWay += end.inFlight
            }
            try await project.stopSlots()
        }
        return result
    }

    /// Rounds go on beyond their number until the router has seen enough requests.
    private func cutOver(_ project: BenchProject, _ lane: Lane, _ result: inout Result) async throws {
        while true {
            let answered = try await answered(lane)
            guard result.runs < rounds || answered < requests + 1000 else { return }
            try await deploy(project, ["run", "--release", "r\(result.runs)"], &result)
            result.runs += 1
            try await deploy(project, ["rollback"], &result)
            result.rollbacks += 1
        }
    }

    private func answered(_ lane: Lane) async throws -> Int {
        try await lane.router.counters().values.reduce(0) { $0 + $1.requests }
    }

    private func deploy(_ project: BenchProject, _ arguments: [String], _ result: inout Result) async throws {
        let command = Command(
            opsctl, ["deploy"] + arguments + ["--format", "json"], environment: project.environment,
            workingDirectory: project.folder)
        let start = ContinuousClock.now
        let answer = try await runCommand(command, timeout: .seconds(120)).checked(command)
        result.whole.add(.now - start)
        let report = try JSONDecoder().decode(Report.self, from: Data(answer.output.utf8))
        result.receipts.requests += report.receipt.clientRequests
        result.receipts.failures += report.receipt.clientFailures
        result.receipts.lostByBaseline += report.receipt.baseline?.lost ?? 0
        result.receipts.lostByCandidate += report.receipt.candidate?.lost ?? 0
        for change in report.receipt.switches {
            result.command.add(milliseconds: change.commandMilliseconds)
            if let first = change.firstAnswerMilliseconds { result.first.add(milliseconds: first) }
        }
    }

    private struct Report: Decodable { let receipt: DeployReceipt }
}
