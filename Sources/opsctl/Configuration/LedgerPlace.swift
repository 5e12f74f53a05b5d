import Foundation
import Ledger
import OpsModel

/// Where a project keeps its ledger: beside it on one machine, or in a Postgres that a team shares.
enum LedgerPlace: Sendable {
    case file(String)
    case postgres(Secret)

    func open() async throws -> Ledger {
        switch self {
        case .file(let path): try await Ledger.open(path: path)
        case .postgres(let url): try await Ledger.open(postgres: url)
        }
    }

    /// The ledger for looking only: nil when it is a file that nobody has made yet.
    func openIfThere() async throws -> Ledger? {
        if case .file(let path) = self, !FileManager.default.fileExists(atPath: path) { return nil }
        return try await open()
    }
}
