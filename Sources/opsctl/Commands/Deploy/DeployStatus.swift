import ArgumentParser
import Deploy
import Foundation
import Ledger
import OpsModel

struct DeployStatus: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show who has the traffic, what runs in each slot, and what is open.",
        discussion: """
            With --watch it is shown again and again until nothing is open: in place on a terminal, otherwise a line whenever
            something has changed.

            Examples:
              opsctl deploy status
              opsctl deploy status --watch
              opsctl deploy status --env production --format json

            Exit codes: 0 consistent, 5 an operator is needed: open deploy without a deployer, or route and record differ.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: FormatOption
    @Flag(name: .long, help: "Show it again until nothing is open.") var watch = false

    func validate() throws {
        if watch && output.format == .json { throw ValidationError("--watch is for people: leave out --format json") }
    }

    func run() async throws {
        let sight = DeploySight(try global.composition())
        var report = try await sight.look()
        if watch { report = try await follow(sight, from: report) }
        switch output.format {
        case .json: show(String(decoding: try canonicalJSON(report), as: UTF8.self))
        case .text: show(report.text)
        }
        if !report.troubles.isEmpty { throw ExitStatus.needsOperator }
    }

    private func follow(_ sight: DeploySight, from first: DeploySight.Report) async throws -> DeploySight.Report {
        var (report, last) = (first, "")
        while !report.open.isEmpty, isResultRead {
            if Story.standard.isTerminal {
                Story.standard.replaceLine(report.line)
            } else if report.line != last {
                Story.standard.tell(report.line)
            }
            last = report.line
            if report.holder == nil { break }
            try await Task.sleep(for: .seconds(1))
            report = try await sight.look()
        }
        return report
    }
}

/// One look at route, slots, record and lock of an environment.
struct DeploySight: Sendable {
    struct Report: Encodable {
        let schema = 2
        let environment: String
        /// Nil when the router does not tell; the troubles say why.
        let route: Route?
        let pinnedRoute: Route?
        let slots: [String: SlotState]
        /// Requests and errors of each slot since the router's start; nil when it does not count.
        let counts: [String: SlotTally]?
        let stable: DeployJournal.Stable?
        let open: [DeployHistory.Deploy]
        let holder: LeaseHolder?
        /// Until the watchdog of the open deploy goes back, in milliseconds; negative when it should have.
        let watchdogMilliseconds: Int64?
        let troubles: [String]

        private enum CodingKeys: String, CodingKey {
            case schema, environment, route, slots, counts, stable, open, holder, troubles
            case pinnedRoute = "pinned_route"
            case watchdogMilliseconds = "watchdog_ms"
        }
    }

    private let composition: Composition
    private var name: String { composition.project.environmentName }

    init(_ composition: Composition) { self.composition = composition }

    func look() async throws -> Report {
        let (router, runner, ledger) = (
            try composition.router(), try composition.runner(), try await composition.ledger()
        )
        let history = try await DeployHistory.read(ledger, environment: name)
        var unreadable: [String] = []
        let route = await told(&unreadable) { try await router.route() }
        let pinned = await told(&unreadable) { try await router.pinnedRoute() }
        let counts = await told(&unreadable) { try await self.counts(router) }
        var slots: [String: SlotState] = [:]
        for slot in Slot.allCases { slots[slot.rawValue] = try await runner.state(of: slot) }
        let holder = try await ledger.leaseHolder("deploy/\(name)")
        let isHeld = try holder.map(Rollout.isAlive) ?? false
        var rest: Duration?
        if let open = history.open.last {
            rest = try await ledger.timer(DeployJournal(ledger: ledger, deployID: open.id).timer)
        }
        return Report(
            environment: name, route: route, pinnedRoute: pinned, slots: slots, counts: counts ?? nil,
            stable: history.stable, open: history.open, holder: isHeld ? holder : nil,
            watchdogMilliseconds: rest?.milliseconds,
            troubles: unreadable + (isHeld ? [] : troubles(history, route, pinned, slots)))
    }

    /// What could be asked; nil, and why, when it could not.
    private func told<Value>(_ troubles: inout [String], _ ask: () async throws -> Value) async -> Value? {
        do { return try await ask() } catch {
            let diagnostic = (error as? any DiagnosableError)?.diagnostic
            let text = diagnostic.map { "\($0.what) (\($0.place)): \($0.why)" } ?? "\(error)"
            if !troubles.contains(text) { troubles.append(text) }
            return nil
        }
    }

    private func counts(_ router: any TrafficRouter) async throws -> [String: SlotTally]? {
        do {
            return try await Dictionary(
                uniqueKeysWithValues: router.counters().map {
                    ($0.key.rawValue, SlotTally(from: SlotCounters(), to: $0.value))
                })
        } catch RouterError.uncounted {
            return nil
        }
    }

    /// What somebody has to look at when nobody deploys.
    private func troubles(
        _ history: DeployHistory, _ route: Route?, _ pinned: Route?, _ slots: [String: SlotState]
    ) -> [String] {
        var troubles: [String] = []
        if let open = history.open.last {
            troubles.append(
                "deploy \(open.id) is open at step \(open.step) and its deployer is gone: "
                    + "opsctl deploy resume, or opsctl deploy rollback")
        }
        if let route, route.share > 0 { troubles.append("the route is split: \(route.text)") }
        if let stable = history.stable {
            if let route, stable.slot != route.live {
                troubles.append("the route is \(route.live.rawValue), the stable release is in \(stable.slot.rawValue)")
            }
            if slots[stable.slot.rawValue]?.isRunning != true {
                troubles.append("the stable release \(stable.release.name) does not run")
            }
        }
        if let route, let pinned, route.live != pinned.live {
            troubles.append("the route on disk is \(pinned.live.rawValue)")
        }
        return troubles
    }
}

extension DeploySight.Report {
    /// One line, for watching.
    var line: String {
        guard let deploy = open.last else { return "nothing is open" }
        let parts = [
            "deploy \(deploy.id) of release \(deploy.release.name): \(deploy.step)", route?.text, deploy.evidence,
        ]
        return parts.compactMap(\.self).joined(separator: " · ")
    }

    var text: String {
        var table = TextTable(["SLOT", "TRAFFIC", "RELEASE", "RUNS", "REQUESTS", "ERRORS"])
        for slot in Slot.allCases {
            let (state, count) = (slots[slot.rawValue], counts?[slot.rawValue])
            let share = route?.share(of: slot)
            table.add([
                slot.rawValue, share.map { $0 == Route.all ? "live" : $0 == 0 ? "-" : Route.percent($0) } ?? "?",
                state?.release?.name ?? "-", state?.isRunning == true ? state?.pid.map { "pid \($0)" } ?? "yes" : "no",
                count.map { String($0.requests) } ?? "-", count.map { String($0.errors) } ?? "-",
            ])
        }
        var parts = [table.text]
        if let holder {
            parts.append("deploying now: pid \(holder.pid) on \(holder.host) since \(holder.since)")
        }
        if !open.isEmpty { parts.append(line) }
        if let watchdogMilliseconds, !open.isEmpty {
            parts.append("the watchdog goes back in \(Duration.milliseconds(watchdogMilliseconds).text)")
        }
        parts.append(
            troubles.isEmpty
                ? (open.isEmpty ? "consistent: route, record and processes agree" : "under way")
                : troubles.joined(separator: "\n"))
        return parts.joined(separator: "\n\n")
    }
}
