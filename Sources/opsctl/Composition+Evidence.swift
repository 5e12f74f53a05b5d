import Cryptography
import Foundation
import Ledger
import OpsModel
import Probes

/// What a probe run leaves in the ledger.
private struct ProbeEvidence: Encodable, Sendable {
    let environment: String
    let verdict: Verdict
    let startedAt: String
    let elapsedMilliseconds: Int64
    let counts: [String: Int]
    let troubles: [String]
    /// SHA-256 of what was seen, in the form that `--save` writes.
    let snapshotDigest: String

    private enum CodingKeys: String, CodingKey {
        case environment, verdict, counts, troubles
        case startedAt = "started_at"
        case elapsedMilliseconds = "elapsed_ms"
        case snapshotDigest = "snapshot_sha256"
    }
}

extension Composition {
    /// Appends the verdict of a run to the ledger.
    func record(_ report: ProbeReport, _ saved: SavedRun) async throws {
        let counts = Dictionary(grouping: report.checks, by: \.status.rawValue).mapValues(\.count)
        let evidence = ProbeEvidence(
            environment: report.environment, verdict: report.verdict, startedAt: rfc3339(report.startedAt),
            elapsedMilliseconds: report.elapsedMilliseconds, counts: counts, troubles: report.troubles.map(\.check),
            snapshotDigest: hex(sha256(try SavedRunFile.bytes(of: saved))))
        try await ledger().append(
            subject: "probe:\(report.environment)", kind: .verdict, step: "probe", payload: evidence)
    }
}
