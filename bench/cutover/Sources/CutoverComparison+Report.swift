import OpsModel

extension CutoverComparison {
    /// Prints the table; false when a bar of opsctl's commit was missed.
    static func report(_ results: [Result]) -> Bool {
        let head = ["COMMAND p50 ms", "p99", "FIRST p50 ms", "p99", "LAST p50 ms", "p99", "REQUESTS", "LOST", "5xx"]
        print(column("SWITCH", 22) + head.map { column($0, $0.count > 4 ? -15 : -8) }.joined())
        for result in results { print(line(result)) }
        for result in results {
            for (why, count) in result.tally.lost.sorted(by: { $0.key < $1.key }) {
                print("lost: \(result.name): \(count) × \(why)")
            }
        }
        guard let own = results.first else { return false }
        for peer in results.dropFirst() {
            let (median, p99) = (own.first.median / peer.first.median, own.first.p99 / peer.first.p99)
            print("ratio of the first answer to \(peer.name): p50 \(text(median, 3)), p99 \(text(p99, 3))")
        }
        return judge(own, results.dropFirst())
    }

    private static func line(_ result: Result) -> String {
        let times = [result.command, result.first, result.last].flatMap {
            [column(text($0.median, 2), -15), column(text($0.p99, 2), -8)]
        }
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
            let verdict = ratio <= 0.05 ? "met" : "MISSED"
            print("bar: \(text(ratio, 3)) of the switch time of \(peer.name) (0.05): \(verdict)")
        }
        return failed == 0
    }
}
