package import OpsModel

package enum LocalServiceError: DiagnosableError {
    case missingProgram(name: String, debianPackage: String)
    case missingUser(name: String)
    case closedFolder(path: String, user: String)
    case awkwardPath(path: String)
    case portTaken(service: String, port: Int, owner: String)
    case notReady(service: String, log: String, evidence: String)
    case notRunning(service: String, folder: String)
    case damagedRecord(path: String, reason: String)
    case busy(lock: String)
    case refusedConfiguration(service: String, path: String, reason: String)
    case failed(action: String, path: String, reason: String)

    package var diagnostic: Diagnostic {
        switch self {
        case .missingProgram(let name, let package):
            Diagnostic(
                "local.missing_program", what: "a service program is not installed", place: name,
                why: "no executable file of that name", fix: "apt-get install -y --no-install-recommends \(package)")
        case .missingUser(let name):
            Diagnostic(
                "local.missing_user", what: "a service user does not exist", place: name,
                why: "root starts services only as their own users",
                fix: "install the service's package, which creates it")
        case .closedFolder(let path, let user):
            Diagnostic(
                "local.closed_folder", what: "a service cannot reach its folder", place: path,
                why: "user \(user) may not enter it or one above it",
                fix: "chmod o+x the folders above, or choose a folder below /var/tmp")
        case .awkwardPath(let path):
            Diagnostic(
                "local.awkward_path", what: "a folder name cannot be used", place: path,
                why: "service configuration files carry only letters, digits and ./_-+@ in paths",
                fix: "choose another folder")
        case .portTaken(let service, let port, let owner):
            Diagnostic(
                "local.port_taken", what: "\(service) cannot listen", place: "127.0.0.1:\(port)",
                why: "the port was taken meanwhile by \(owner)",
                fix: "stop that process, then run `opsctl local up` again")
        default: stateDiagnostic
        }
    }

    private var stateDiagnostic: Diagnostic {
        switch self {
        case .notReady(let service, let log, let evidence):
            Diagnostic(
                "local.not_ready", what: "\(service) did not become ready; it was stopped again", place: log,
                why: evidence,
                fix: "less \(log)")
        case .notRunning(let service, let folder):
            Diagnostic(
                "local.not_running", what: "\(service) does not run", place: folder, why: "no process of it was found",
                fix: "opsctl local up")
        case .damagedRecord(let path, let reason):
            Diagnostic(
                "local.damaged_record", what: "cannot read what was started before", place: path, why: reason,
                fix: "stop what still runs from there by hand, then remove the file")
        case .busy(let lock):
            Diagnostic(
                "local.busy", what: "another opsctl works on these services", place: lock, why: "it holds the lock",
                fix: "wait for it to end, then retry")
        case .refusedConfiguration(let service, let path, let reason):
            Diagnostic(
                "local.refused_configuration", what: "\(service) refuses its configuration", place: path, why: reason,
                fix: "report this: opsctl wrote the file")
        case .failed(let action, let path, let reason):
            Diagnostic(
                "local.failed", what: "cannot \(action)", place: path, why: reason,
                fix: "check the path, its permissions and the free space")
        case .missingProgram, .missingUser, .closedFolder, .awkwardPath, .portTaken: diagnostic
        }
    }
}
