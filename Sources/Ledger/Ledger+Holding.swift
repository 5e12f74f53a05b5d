extension Ledger {
    /// Holds leases for the length of `body`, renewing them; taken in the order given, returned in the reverse one.
    /// - Parameter unreturned: told when a lease could not be given back: it ends with its terms.
    package func holding<Value: Sendable>(
        _ names: [String], as holder: LeaseHolder, terms: LeaseTerms = LeaseTerms(), above: Int = 0,
        isForced: Bool = false,
        isAlive: @Sendable (LeaseHolder) throws -> Bool, unreturned: (any Error) -> Void,
        _ body: ([Lease]) async throws -> Value
    ) async throws -> Value {
        var leases: [Lease] = []
        let result: Result<Value, any Error>
        do {
            for name in names {
                leases.append(
                    try await acquireLease(
                        name, as: holder, terms: terms, above: above, isForced: isForced, isAlive: isAlive))
            }
            // Not a child task: whoever is interrupted still has to finish what it does under the lease.
            let held = leases
            let renewal = Task { await keepRenewing(held, every: terms.renewal) }
            defer { renewal.cancel() }
            result = .success(try await body(leases))
        } catch {
            result = .failure(error)
        }
        let held = leases
        // A task of its own: an interrupted run gives its leases back too.
        do { try await Task { for lease in held.reversed() { try await release(lease) } }.value } catch {
            unreturned(error)
        }
        return try result.get()
    }

    /// A renewal that fails is tried again: the lease itself says when its holder has to stop.
    private func keepRenewing(_ leases: [Lease], every interval: Duration) async {
        while !Task.isCancelled {
            do { try await Task.sleep(for: interval) } catch { return }
            for lease in leases {
                do { try await confirm(lease) } catch { continue }
            }
        }
    }
}
