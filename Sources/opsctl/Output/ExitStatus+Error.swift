import Ledger
import Deploy
import OpsModel

/// The exit code for an error that ended a command.
func exitStatus(of error: any DiagnosableError) -> ExitStatus {
    switch error {
    case is DisturbanceError: .refused
    case LedgerError.leaseHeld, DeployError.open, DeployError.nothingToRollBack: .refused
    case RunnerError.artifact: .configuration
    case LedgerError.leaseLost: .needsOperator
    case LedgerError.tampered: .tampered
    default: error.diagnostic.id.hasPrefix("configuration") ? .configuration : .inconclusive
    }
}
