package import OpsModel

package enum StackError: DiagnosableError {
    case folder(path: String, reason: String)
    case noModules(path: String)

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
        }
    }
}
