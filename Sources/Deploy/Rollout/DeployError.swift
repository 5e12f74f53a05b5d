package import OpsModel

package enum DeployError: DiagnosableError, Equatable {
    /// An earlier deploy was begun and not closed.
    case open(id: String, step: String, release: String)
    case nothingToRollBack(why: String)

    package var diagnostic: Diagnostic {
        switch self {
        case .open(let id, let step, let release):
            Diagnostic(
                "deploy.open", what: "an earlier deploy is still open", place: "deploy \(id)",
                why: "release \(release) stopped at step \(step), and its deployer is gone",
                fix: "opsctl deploy rollback  # proves the baseline, routes back and closes it")
        case .nothingToRollBack(let why):
            Diagnostic(
                "deploy.no_baseline", what: "there is nothing to roll back to", place: "deploy", why: why,
                fix: "deploy a good release: opsctl deploy run --release NAME")
        }
    }
}
