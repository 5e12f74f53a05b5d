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
