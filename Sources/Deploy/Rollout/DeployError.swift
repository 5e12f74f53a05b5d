package import OpsModel

package enum DeployError: DiagnosableError, Equatable {
    /// An earlier deploy was begun and not closed.
    case open(id: String, step: String, release: String, environment: String)
    case nothingToRollBack(why: String)
    case nothingOpen(environment: String)
    /// The configuration is not the one that the open deploy was begun with.
    case changed(release: String)
    /// The route is none that the open deploy can have written.
    case foreignRoute(id: String, found: String, wanted: String)
    /// The journal does not tell a rollout.
    case unreadable(id: String, why: String)
    case notContractible(why: String)
    /// Nobody is asked about that.
    case notAsked(id: String, step: String)

    package var diagnostic: Diagnostic {
        switch self {
        case .open(let id, let step, let release, let environment):
            Diagnostic(
                "deploy.open", what: "an earlier deploy is still open", place: "deploy \(id)",
                why: "release \(release) stopped at step \(step), and its deployer is gone",
                fix: "opsctl deploy resume --env \(environment)  # goes on; or go back and close it: "
                    + "opsctl deploy rollback --env \(environment)")
        case .nothingToRollBack(let why):
            Diagnostic(
                "deploy.no_baseline", what: "there is nothing to roll back to", place: "deploy", why: why,
                fix: "deploy a good release: opsctl deploy run --release NAME")
        case .nothingOpen(let environment):
            Diagnostic(
                "deploy.nothing_open", what: "there is nothing to go on with", place: "environment \(environment)",
                why: "no deploy is open", fix: "opsctl deploy run --release NAME")
        case .changed(let release):
            Diagnostic(
                "deploy.changed", what: "the deploy is not resumed", place: "release \(release)",
                why: "the configuration is not the one it was begun with",
                fix: "bring it back, or: opsctl deploy rollback")
        case .foreignRoute(let id, let found, let wanted):
            Diagnostic(
                "deploy.foreign_route", what: "somebody else has changed the route", place: "deploy \(id)",
                why: "it is \(found), the deploy would have it \(wanted)",
                fix: "find out who did it and why; to go back: opsctl deploy rollback")
        case .unreadable(let id, let why):
            Diagnostic(
                "deploy.unreadable", what: "the journal of a deploy cannot be read", place: "deploy \(id)", why: why,
                fix: "opsctl deploy history verifies the ledger; to go back: opsctl deploy rollback")
        case .notContractible(let why):
            Diagnostic(
                "deploy.not_contractible", what: "the schema is not contracted", place: "deploy", why: why,
                fix: "opsctl deploy status")
        case .notAsked(let id, let step):
            Diagnostic(
                "deploy.not_asked", what: "nobody waits for this answer", place: "deploy \(id)",
                why: "it is at step \(step)", fix: "opsctl deploy status")
        }
    }
}
