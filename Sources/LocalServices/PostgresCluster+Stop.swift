import Foundation
import Glibc
package import ProcessClient

extension PostgresCluster {
    package enum StopMode: Sendable {
        /// Ends sessions and writes a checkpoint.
        case fast
        /// As a crash: recovery follows at the next start.
        case immediate
    }

    /// Stops replica and primary; `start(in:)` brings them back with their data.
    /// - Returns: what became of the primary.
    @discardableResult
    package func stop(_ mode: StopMode = .fast) async throws -> StopOutcome {
        try await endLeftovers()
        try await stop(.replica, mode)
        return try await stop(.primary, mode)
    }

    @discardableResult
    package func stop(_ member: Member, _ mode: StopMode = .fast) async throws -> StopOutcome {
        guard let process = try running(member) else { return .notRunning }
        let outcome = try await process.stop(gracePeriod: .seconds(60), signal: mode == .fast ? SIGINT : SIGQUIT)
        try update { $0.processes[member.rawValue] = nil }
        return outcome
    }
}
