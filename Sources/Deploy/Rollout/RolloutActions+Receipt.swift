import OpsModel

extension RolloutActions {
    /// Closes the accounts of both slots; what the router does not tell stays empty.
    func settleAccounts() async {
        guard let first = memory.read({ $0.first }) else { return }
        do {
            guard try await stage.router.incarnation() == first.incarnation else { return }
            let now = try await stage.router.counters()
            let accounts = [machine.candidate, machine.candidate.other].map { slot -> DeployReceipt.SlotAccount? in
                guard let start = first[slot], let end = now[slot] else { return nil }
                let tally = SlotTally(from: start, to: end)
                return .init(requests: tally.requests, errors: tally.errors, lost: tally.lost)
            }
            memory.change { ($0.receipt.candidate, $0.receipt.baseline) = (accounts[0], accounts[1]) }
        } catch {
            observe(
                .ended(
                    step: "receipt", slot: nil, event: "failed", detail: ActionResult(.failed, after: error).detail,
                    elapsed: .zero))
        }
    }
}
