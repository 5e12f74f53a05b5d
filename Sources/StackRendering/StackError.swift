package import OpsModel

package enum StackError: DiagnosableError {
    case folder(path: String, reason: String)
    case noModules(path: String)
    /// Another opsctl works on this environment, on this machine.
    case busy(environment: String)
    case noTerraform
    /// Terraform could not save what it did; until it is saved, nothing else may be done to the layer.
    case unsavedState(layer: StackLayer, folder: String)
    case terraform(step: String, layer: StackLayer, environment: String, why: String)
    case noPlan(id: String, environment: String, known: [String])
    case unreadable(path: String, why: String)
    case unknownLayer(name: String, known: [StackLayer])
    /// A policy engine of others that was asked for and cannot answer.
    case outsideJudge(program: String, why: String, fix: String)

    package var diagnostic: Diagnostic {
        switch self {
        case .folder(let path, let reason):
            Diagnostic(
                "stack.folder", what: "cannot read or write a file of the stacks", place: path, why: reason,
                fix: "check the path and its permissions, then retry")
        case .noModules(let path):
            Diagnostic(
                "stack.no_modules", what: "there are no Terraform modules", place: path,
                why: "no such folder", fix: "check `stacks` in opsctl.yaml, and that the folder is checked out")
        case .busy(let environment):
            Diagnostic(
                "stack.busy", what: "another opsctl works on the stacks of \(environment) on this machine",
                place: ".opsctl/stacks/\(environment)/work.lock", why: "it holds the lock",
                fix: "wait for it to end, then retry")
        case .noTerraform:
            Diagnostic(
                "stack.no_terraform", what: "terraform is not installed", place: "PATH", why: "no such program",
                fix: "install Terraform 1.11 or later: https://developer.hashicorp.com/terraform/install")
        case .unsavedState(let layer, let folder):
            Diagnostic(
                "stack.unsaved_state", what: "the layer \(layer.rawValue) is not touched", place: folder,
                why: "errored.tfstate is there: an apply made things and could not save its state",
                fix: "terraform -chdir=\(folder) state push errored.tfstate, then: mv \(folder)/errored.tfstate ~/")
        case .terraform(let step, let layer, let environment, let why):
            TerraformFailure(step: step, layer: layer, environment: environment, why: why).diagnostic
        case .noPlan(let id, let environment, let known):
            Diagnostic(
                "stack.no_plan", what: "there is no plan \(id)", place: ".opsctl/stacks/\(environment)/plans",
                why: known.isEmpty ? "none is kept here" : "kept here: \(known.suffix(5).joined(separator: ", "))",
                fix: "opsctl stack plan --env \(environment)")
        case .unreadable(let path, let why):
            Diagnostic(
                "stack.unreadable", what: "a file of the stacks cannot be used", place: path, why: why,
                fix: "make it anew: opsctl stack plan")
        case .outsideJudge(let program, let why, let fix):
            Diagnostic("stack.outside_judge", what: "\(program) could not look", place: program, why: why, fix: fix)
        case .unknownLayer(let name, let known):
            Diagnostic(
                "stack.unknown_layer", what: "there is no layer `\(name)` in this environment", place: "LAYER",
                why: "layers here: \(known.map(\.rawValue).joined(separator: ", "))", fix: "opsctl stack list")
        }
    }
}

/// A step of Terraform that failed, and what an operator does about the known causes.
struct TerraformFailure {
    let step: String
    let layer: StackLayer
    let environment: String
    let why: String

    var diagnostic: Diagnostic {
        Diagnostic(
            "stack.terraform", what: "terraform \(step) failed", place: "\(environment), layer \(layer.rawValue)",
            why: why.split(whereSeparator: \.isNewline).joined(separator: " "), fix: fix)
    }

    private var fix: String {
        let known: [(sign: String, fix: String)] = [
            ("NoSuchBucket", "make the bucket of the states: opsctl stack bootstrap --env \(environment)"),
            (
                "Error acquiring the state lock",
                "somebody else applies this layer, or died doing so: opsctl stack unlock --env \(environment) \(layer.rawValue)"
            ),
            (
                "No valid credential sources found",
                "give credentials: aws sso login, or AWS_ACCESS_KEY_ID and its secret"
            ),
            ("AWS account ID not allowed", "these are credentials of another account than stack.account_id"),
            ("Failed to query available provider packages", "opsctl doctor; or set OPSCTL_TERRAFORM_MIRROR"),
            ("Saved plan is stale", "the state has changed since: opsctl stack plan --env \(environment)"),
        ]
        return known.first { why.contains($0.sign) }?.fix
            ?? "opsctl stack validate --env \(environment), then retry"
    }
}
