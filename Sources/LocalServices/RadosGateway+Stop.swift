import Glibc
package import ProcessClient

extension RadosGateway {
    /// Stops gateway, store and monitor, in this order; the store writes its objects to disk first.
    /// - Returns: what became of the store.
    @discardableResult
    package func stop() async throws -> StopOutcome {
        try await endLeftovers()
        // Gateway and monitor hold nothing that a kill could lose; gently they take 2 s each.
        try await kill(.gateway)
        let outcome = try await running(.store)?.stop(gracePeriod: .seconds(60)) ?? .notRunning
        try update { record in
            if outcome == .exited { record.isStoreComplete = true }
            record.processes = [:]
        }
        try await kill(.monitor)
        return outcome
    }

    func kill(_ member: Member) async throws {
        guard let process = try running(member) else { return }
        _ = try await process.stop(gracePeriod: .seconds(10), signal: SIGKILL)
    }
}
