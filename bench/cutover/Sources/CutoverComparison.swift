import Deploy
import Ledger
import OpsModel

/// opsctl's commit beside reloads of HAProxy and nginx, in turns, each under the same load before the same two servers.
struct CutoverComparison {
    /// What was seen of one way of switching.
    struct Result {
        let name: String
        var command = Figures()
        var first = Figures()
        var last = Figures()
        var tally = Clients.Tally()

        init(name: String) { self.name = name }
    }

    /// Switches of each, and in how many turns.
    let switches: Int
    let turns: Int
    let clients = 8
    /// Of each client: 2000 requests a second in all, so that nothing waits for a processor.
    let pace = Duration.milliseconds(4)

    func run() async throws -> [Result] {
        var results: [Result] = []
        try await Lane.run { lane in
            try await lane.startSlots()
            let ledger = try await Ledger.open(path: "\(lane.folder)/ledger.sqlite")
            results = try await ledger.holding(
                ["deploy/bench"], as: try Rollout.me(), isAlive: Rollout.isAlive, unreturned: { print($0) }
            ) { leases in
                try await compare([
                    CommitSwitcher(lane: lane, ledger: ledger, lease: leases[0]), SignalSwitcher(lane: lane),
                    try await SuccessorSwitcher.start(lane), try await NginxSwitcher.start(lane),
                ])
            }
        }
        return results
    }

    private func compare(_ switchers: [any Switcher]) async throws -> [Result] {
        var results = switchers.map { Result(name: $0.name) }
        for _ in 0..<turns {
            for (index, switcher) in switchers.enumerated() {
                try await turn(switcher, &results[index])
            }
        }
        return results
    }

    /// Every turn begins and ends with blue.
    private func turn(_ switcher: any Switcher, _ result: inout Result) async throws {
        let clients = Clients(port: switcher.port, count: clients, pace: pace)
        clients.start()
        var slot = Slot.blue
        for _ in 0..<(switches / turns / 2 * 2) {
            slot = slot.other
            clients.watch(for: slot)
            let start = ContinuousClock.now
            try await switcher.route(to: slot)
            result.command.add(.now - start)
            try await until("\(switcher.name): \(slot.rawValue) answers") { clients.sight?.first != nil }
            try await switcher.settle()
            let sight = try await settled(clients)
            result.first.add(sight.first ?? .zero)
            result.last.add(sight.last)
        }
        result.tally.add(await clients.stop())
    }

    /// The sight once every client has asked often enough without an answer of the old slot.
    private func settled(_ clients: Clients) async throws -> Clients.Sight {
        var sight: Clients.Sight?
        try await until("the old slot is silent") {
            sight = clients.sight
            return sight.map { ContinuousClock.now - $0.decided - max($0.last, $0.first ?? .zero) > pace * 10 } ?? false
        }
        guard let sight else { throw BenchError(description: "nobody watched") }
        return sight
    }
}

extension CutoverComparison {
    /// Prints the table; false when a bar of opsctl's commit was missed.
    static func report(_ results: [Result]) -> Bool {
        let head = ["COMMAND p50 ms", "p99", "FIRST p50 ms", "p99", "LAST p50 ms", "p99", "REQUESTS", "LOST", "5xx"]
        print(column("SWITCH", 22) + head.map { column($0, $0.count > 4 ? -15 : -8) }.joined())
        for result in results { print(line(result)) }
        for result in results {
            for (why, count) in result.tally.lost.sorted(by: { $0.key < $1.key }) { print("lost: \(result.name): \(count) × \(why)") }
        }
        guard let own = results.first else { return false }
        for peer in results.dropFirst() {
            let (median, p99) = (own.first.median / peer.first.median, own.first.p99 / peer.first.p99)
            print("ratio of the first answer to \(peer.name): p50 \(text(median, 3)), p99 \(text(p99, 3))")
        }
        return judge(own, results.dropFirst())
    }

    private static func line(_ result: Result) -> String {
        let times = [result.command, result.first, result.last].flatMap { [column(text($0.median, 2), -15), column(text($0.p99, 2), -8)] }
        let tally = result.tally
        return column(result.name, 22) + times.joined() + column("\(tally.requests)", -15)
            + column("\(tally.lostCount)", -8) + column("\(tally.serverErrors)", -8)
    }

    /// The bars of issue 5: nothing lost, p99 of the command under 20 ms, a twentieth of a reload's switch time.
    private static func judge(_ own: Result, _ peers: ArraySlice<Result>) -> Bool {
        let failed = own.tally.lostCount + own.tally.serverErrors
        print("bar: \(failed) of \(own.tally.requests) requests failed (0): \(failed == 0 ? "met" : "MISSED")")
        print("bar: command p99 \(text(own.command.p99, 2)) ms (20): \(own.command.p99 < 20 ? "met" : "MISSED")")
        for peer in peers {
            let ratio = own.first.median / peer.first.median
            print("bar: \(text(ratio, 3)) of the switch time of \(peer.name) (0.05): \(ratio <= 0.05 ? "met" : "MISSED")")
        }
        return failed == 0
    }
}
