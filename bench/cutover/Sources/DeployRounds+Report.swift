import Deploy
import OpsModel

extension DeployRounds {
    /// Prints what was seen; false when anything was lost or too little was asked.
    func report(_ result: Result) -> Bool {
        let seconds = result.elapsed.seconds
        let (tally, router, receipts) = (result.tally, result.bySlots, result.receipts)
        let reasons = tally.lost.map { ", \($0.value) × \($0.key)" }.sorted().joined()
        let rate = text(Double(tally.requests) / seconds, 0)
        print("cutovers: \(result.runs) deploy run, \(result.rollbacks) deploy rollback in \(text(seconds, 0)) s")
        print("requests: \(tally.requests) by \(clients) clients, \(rate) a second")
        print("lost by clients: \(tally.lostCount)\(reasons)")
        print("lost by identity: \(router.lost) of \(router.requests) at the router, \(result.underWay) under way")
        print("5xx: \(tally.serverErrors) at clients, \(router.errors) at the router")
        print(
            "opsctl itself: \(result.own) requests; by its receipts \(receipts.requests), \(receipts.failures) failed")
        print("receipts claim: \(receipts.lostByBaseline) lost by baselines, \(receipts.lostByCandidate) by candidates")
        row("route change, command", result.command)
        row("route change, first answer", result.first)
        row("whole opsctl command", result.whole)
        let failed = tally.lostCount + tally.serverErrors
        print("ratio of failed to sent: \(failed == 0 ? "0" : "\(Double(failed) / Double(max(1, tally.requests)))")")
        return isClean(result)
    }

    private func row(_ name: String, _ figures: Figures) {
        let cells = [("p50", figures.median), ("p99", figures.p99), ("max", figures.worst)]
        let times = cells.map { "\($0.0) \(column(text($0.1, 2), -9)) ms" }.joined(separator: "  ")
        print("\(column(name, 28))\(times)  of \(figures.count)")
    }

    /// Whatever clients have sent has arrived at a slot and was answered. What receipts claim is told, and no loss by itself: they
    /// read the counters of a busy router once.
    private func isClean(_ result: Result) -> Bool {
        let byClients = result.tally.lostCount + result.tally.serverErrors
        let byRouter = result.bySlots.lost + result.bySlots.errors + result.underWay
        return byClients + byRouter + result.receipts.failures == 0 && result.own >= 0
            && result.tally.requests >= requests
            && result.runs >= rounds
    }
}
