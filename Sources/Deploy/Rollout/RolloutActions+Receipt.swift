import OpsModel

extension RolloutActions {
    /// Remembers the counts from which on the baseline is the reference; without them there is less to compare with.
    func openAccounts() async {
        do {
            if stage.meter != nil {
                try await beginMetering()
                memory.change { $0.openingMetered = $0.metered }
            }
            let opening = try await takeSnapshot()
            memory.change { $0.opening = opening }
        } catch RouterError.uncounted {
            return
        } catch {
            observe(
                .ended(
                    step: "reference", slot: nil, event: "failed", detail: ActionResult(.failed, after: error).detail,
                    elapsed: .zero))
        }
    }

    /// One reading is not atomic over the router's threads: what looks lost in each of three is.
    private func account(of slot: Slot, since first: WatchSnapshot) async throws -> DeployReceipt.SlotAccount? {
        var account: DeployReceipt.SlotAccount?
        for reading in 0..<3 {
            if reading > 0 { _ = await Task { try await stage.clock.sleep(for: .milliseconds(5)) }.result }
            guard let start = first[slot], let end = try await stage.router.counters()[slot] else { return nil }
            let tally = SlotTally(from: start, to: end)
            account = .init(
                requests: tally.requests, errors: tally.errors, lost: min(tally.lost, account?.lost ?? tally.lost))
            if tally.lost == 0 { break }
        }
        return account
    }

    /// Closes the accounts of both slots; what the router does not tell stays empty.
    func settleAccounts() async {
        guard let first = memory.read({ $0.first }) else { return }
        do {
            guard try await stage.router.incarnation() == first.incarnation else { return }
            let (candidate, baseline) = (
                try await account(of: machine.candidate, since: first),
                try await account(of: machine.candidate.other, since: first)
            )
            memory.change { ($0.receipt.candidate, $0.receipt.baseline) = (candidate, baseline) }
        } catch {
            observe(
                .ended(
                    step: "receipt", slot: nil, event: "failed", detail: ActionResult(.failed, after: error).detail,
                    elapsed: .zero))
        }
    }
}
