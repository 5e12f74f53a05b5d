import ArgumentParser
import Deploy
import Ledger
import OpsModel

struct DeployStatus: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show who has the traffic, what runs in each slot, and what is open.",
        discussion: """
            Examples:
              opsctl deploy status
              opsctl deploy status --format json

            Exit codes: 0 consistent, 5 an operator is needed: open deploy without a deployer, or route and record differ.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: FormatOption

    struct Report: Encodable {
        let schema = 1
        let environment: String
        let route: Route
        let pinnedRoute: Route
        let slots: [String: SlotState]
        let stable: DeployJournal.Stable?
        let open: [DeployHistory.Deploy]
        let holder: LeaseHolder?
        let troubles: [String]

        private enum CodingKeys: String, CodingKey {
            case schema, environment, route, slots, stable, open, holder, troubles
            case pinnedRoute = "pinned_route"
        }
    }

    func run() async throws {
        let report = try await look(try global.composition())
        switch output.format {
        case .json: show(String(decoding: try canonicalJSON(report), as: UTF8.self))
        case .text: show(text(report))
        }
        if !report.troubles.isEmpty { throw ExitStatus.needsOperator }
    }

    private func look(_ composition: Composition) async throws -> Report {
        let name = composition.project.environmentName
        let (router, runner, ledger) = (
            try composition.router(), try composition.runner(), try await composition.ledger()
        )
        let history = try await DeployHistory.read(ledger, environment: name)
        let (route, pinned) = (try await router.route(), try await router.pinnedRoute())
        var slots: [String: SlotState] = [:]
        for slot in Slot.allCases { slots[slot.rawValue] = try await runner.state(of: slot) }
        let holder = try await ledger.leaseHolder("deploy/\(name)")
        let isHeld = try holder.map(Rollout.isAlive) ?? false
        var troubles: [String] = []
        if let open = history.open.last, !isHeld {
            troubles.append(
                "deploy \(open.id) is open at step \(open.step) and its deployer is gone: opsctl deploy rollback")
        }
        if let stable = history.stable, !isHeld {
            if stable.slot != route.live {
                troubles.append("the route is \(route.live.rawValue), the stable release is in \(stable.slot.rawValue)")
            }
            if slots[stable.slot.rawValue]?.isRunning != true {
                troubles.append("the stable release \(stable.release.name) does not run")
            }
        }
        if route.live != pinned.live, !isHeld { troubles.append("the route on disk is \(pinned.live.rawValue)") }
        return Report(
            environment: name, route: route, pinnedRoute: pinned, slots: slots, stable: history.stable,
            open: history.open,
            holder: isHeld ? holder : nil, troubles: troubles)
    }

    private func text(_ report: Report) -> String {
        var table = TextTable(["SLOT", "TRAFFIC", "RELEASE", "RUNS"])
        for slot in Slot.allCases {
            let state = report.slots[slot.rawValue]
            table.add([
                slot.rawValue, report.route.live == slot ? "live" : "-", state?.release?.name ?? "-",
                state?.pid.map { "pid \($0)" } ?? "no",
            ])
        }
        var parts = [table.text]
        if let holder = report.holder {
            parts.append("deploying now: pid \(holder.pid) on \(holder.host) since \(holder.since)")
        }
        parts.append(
            report.troubles.isEmpty
                ? "consistent: route, record and processes agree" : report.troubles.joined(separator: "\n"))
        return parts.joined(separator: "\n\n")
    }
}
