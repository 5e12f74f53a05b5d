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
        /// What opsctl's own receipts say of every change of the route.
        var (command, first, whole) = (Figures(), Figures(), Figures())
        var receipts = (requests: 0, failures: 0, lost: 0)
        var elapsed = Duration.zero
    }

    func run() async throws -> Result {
        var result = Result()
        try await Lane.run { lane in
            let project = try Project(lane)
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
    private func cutOver(_ project: Project, _ lane: Lane, _ result: inout Result) async throws {
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

    private func deploy(_ project: Project, _ arguments: [String], _ result: inout Result) async throws {
        let command = Command(
            opsctl, ["deploy"] + arguments + ["--format", "json"], environment: project.environment,
            workingDirectory: project.folder)
        let start = ContinuousClock.now
        let answer = try await runCommand(command, timeout: .seconds(120)).checked(command)
        result.whole.add(.now - start)
        let report = try JSONDecoder().decode(Report.self, from: Data(answer.output.utf8))
        result.receipts.requests += report.receipt.clientRequests
        result.receipts.failures += report.receipt.clientFailures
        for account in [report.receipt.baseline, report.receipt.candidate] { result.receipts.lost += account?.lost ?? 0 }
        for change in report.receipt.switches {
            result.command.add(milliseconds: change.commandMilliseconds)
            if let first = change.firstAnswerMilliseconds { result.first.add(milliseconds: first) }
        }
    }

    private struct Report: Decodable { let receipt: DeployReceipt }
}

/// A project with nginx as its release.
private struct Project {
    let folder: String
    let environment: [String: String]
    private let runner: ProcessRunner

    init(_ lane: Lane) throws {
        folder = "\(lane.folder)/project"
        let options = lane.proxy.options
        environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": folder]
        runner = try ProcessRunner(
            folder: "\(folder)/slots", blue: .init(host: "127.0.0.1", port: options.bluePort),
            green: .init(host: "127.0.0.1", port: options.greenPort), stopGrace: .seconds(5))
        try FileManager.default.createDirectory(atPath: "\(folder)/environments", withIntermediateDirectories: true)
        try write("version: 1\nservice: bench\ndefault_environment: bench\n", to: "opsctl.yaml")
        try write(Self.description(lane), to: "environments/bench.yaml")
        try write(Self.release(lane), to: "release")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(folder)/release")
    }

    /// From now on a release is promoted on what its requests show; the first one had none.
    func expectTraffic() throws {
        let path = "environments/bench.yaml"
        let text = try String(contentsOfFile: "\(folder)/\(path)", encoding: .utf8)
        try write(text.replacing("minimum_requests: 0", with: "minimum_requests: 299"), to: path)
    }

    func stopSlots() async throws {
        for slot in Slot.allCases { try await runner.stop(slot) }
    }

    private func write(_ text: String, to name: String) throws {
        try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
    }

    /// nginx with a configuration for the port of its slot.
    private static func release(_ lane: Lane) -> String {
        """
        #!/bin/sh
        set -e
        home=\(lane.folder)/nginx-$PORT
        mkdir -p "$home"
        chmod 711 "$home"
        cat > "$home/nginx.conf" << CONFIGURATION
        \(Lane.answerer("\(lane.folder)/nginx-$PORT", port: "$PORT"))
        CONFIGURATION
        exec nginx -e stderr -p "$home" -c "$home/nginx.conf"
        """
    }

    private static func description(_ lane: Lane) -> String {
        let proxy = lane.proxy
        return """
            version: 1
            protection: ephemeral
            app:
              artifact: release
              environment:
                PATH: {value: "/usr/sbin:/usr/bin:/sbin:/bin"}
                PORT: {value: "${slot:port}"}
            probes:
              - name: files
                bucket: {directory: "."}
            deploy:
              slots: {blue: {port: \(proxy.options.bluePort)}, green: {port: \(proxy.options.greenPort)}}
              router:
                haproxy: {socket: "\(proxy.socket)", map: "\(proxy.map)", key: "\(proxy.options.app)", url: "\(proxy.address)",
                          preview_token: "\(proxy.options.previewToken.reveal())"}
              runner: {process: {folder: slots}}
              health: {interval: 20ms, deadline: 20s}
              bake: {duration: 300ms, interval: 50ms, minimum_requests: 0}
              drain_deadline: 10s
              stop_grace: 5s
              watchdog: {timeout: 30s}
            smoke:
              - name: it is there
                request: {path: /smoke}
            """
    }
}

extension DeployRounds {
    /// Prints what was seen; false when anything was lost or too few were asked.
    func report(_ result: Result) -> Bool {
        let seconds = result.elapsed.seconds
        print("cutovers: \(result.runs) deploy run, \(result.rollbacks) deploy rollback in \(text(seconds, 0)) s")
        print("requests: \(result.tally.requests) by \(clients) clients (\(text(Double(result.tally.requests) / seconds, 0)) a second)")
        print("lost by clients: \(result.tally.lostCount)\(result.tally.lost.map { ", \($0.value) × \($0.key)" }.sorted().joined())")
        print("5xx: \(result.tally.serverErrors) at clients, \(result.bySlots.errors) at the router")
        print("lost by identity: \(result.bySlots.lost) of \(result.bySlots.requests) at the router, \(result.underWay) under way")
        print("by opsctl's receipts: \(result.receipts.lost) lost; \(result.receipts.failures) of \(result.receipts.requests) own requests failed")
        row("route change, command", result.command)
        row("route change, first answer", result.first)
        row("whole opsctl command", result.whole)
        let lost = Double(result.tally.lostCount + result.tally.serverErrors) / Double(max(1, result.tally.requests))
        print("ratio of lost to sent: \(lost == 0 ? "0" : "\(lost)")")
        return isClean(result)
    }

    private func row(_ name: String, _ figures: Figures) {
        let (median, p99, worst) = (text(figures.median, 2), text(figures.p99, 2), text(figures.worst, 2))
        print(column(name, 28) + "p50 \(column(median, -9)) ms  p99 \(column(p99, -9)) ms  max \(column(worst, -9)) ms  of \(figures.count)")
    }

    /// Every request that clients have sent arrived at a slot, and was answered.
    private func isClean(_ result: Result) -> Bool {
        let failed = result.tally.lostCount + result.tally.serverErrors + result.bySlots.lost + result.bySlots.errors
            + result.receipts.lost + result.receipts.failures + result.underWay
        return failed == 0 && result.tally.requests >= requests && result.runs >= rounds
    }
}
