package import OpsModel

package enum LedgerError: DiagnosableError, Equatable {
    /// The chain does not hold at this entry.
    case tampered(place: String, sequence: Int, why: String)
    /// Someone else holds the lease.
    case leaseHeld(name: String, holder: LeaseHolder)
    case leaseLost(name: String, epoch: Int)

    package var diagnostic: Diagnostic {
        switch self {
        case .tampered(let place, let sequence, let why):
            Diagnostic(
                "ledger.tampered", what: "the ledger was altered at entry \(sequence)", place: place, why: why,
                fix: "keep the file as evidence and restore it from a backup")
        case .leaseHeld(let name, let holder):
            Diagnostic(
                "ledger.lease_held", what: "another run holds \(name)", place: "\(holder.host), pid \(holder.pid)",
                why: "since \(holder.since), epoch \(holder.epoch)",
                fix: "wait for it; opsctl \(Self.command(name)) shows what it does")
        case .leaseLost(let name, let epoch):
            Diagnostic(
                "ledger.lease_lost", what: "this run no longer holds \(name)", place: "epoch \(epoch)",
                why: "another run has taken it over", fix: "opsctl \(Self.command(name))")
        }
    }

    /// Leases are named `<what>/<environment>`.
    private static func command(_ lease: String) -> String {
        let parts = lease.split(separator: "/", maxSplits: 1)
        guard parts.count == 2 else { return "deploy status" }
        return "\(parts[0]) status --env \(parts[1])"
    }
}
