import Ledger
import Deploy
import OpsModel
import StackRendering

/// The exit code for an error that ended a command.
func exitStatus(of error: any DiagnosableError) -> ExitStatus {
    switch error {
    case is DisturbanceError, is RefusedError, StackError.busy: .refused
    case StackError.unknownLayer, StackError.noPlan: .usage
    case LedgerError.leaseHeld, DeployError.open, DeployError.nothingToRollBack, DeployError.nothingOpen,
        DeployError.changed, DeployError.notAsked:
        .refused
    case DeployError.foreignRoute, DeployError.unreadable, RouterError.split: .needsOperator
    case RunnerError.artifact: .configuration
    case LedgerError.leaseLost: .needsOperator
    case LedgerError.tampered: .tampered
    default: error.diagnostic.id.hasPrefix("configuration") ? .configuration : .inconclusive
    }
}
