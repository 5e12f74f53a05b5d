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
    package func stop(_ mode: StopMode = .fast) async throws {
        for member in [Member.replica, .primary] { try await stop(member, mode) }
    }

    @discardableResult
    package func stop(_ member: Member, _ mode: StopMode = .fast) async throws -> StopOutcome {
        guard let process = try daemon(member).running(recorded: recordFile.load()?.processes[member.rawValue]) else {
            return .notRunning
        }
        let outcome = try await process.stop(gracePeriod: .seconds(60), signal: mode == .fast ? SIGINT : SIGQUIT)
        if var record = try recordFile.load() {
            record.processes[member.rawValue] = nil
            try recordFile.save(record)
        }
        return outcome
    }
}
