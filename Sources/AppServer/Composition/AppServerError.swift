import OpsModel

/// Why the server cannot run. What goes wrong with a request is a `Problem`.
enum AppServerError: DiagnosableError {
    case configuration([ConfigurationProblem])
    case pendingMigrations([String])
    case spool(action: String, path: String, why: String)
    case process(action: String, why: String)
    case listen(address: String, why: String)

    var diagnostic: Diagnostic {
        switch self {
        case .configuration(let problems):
            Diagnostic(
                "app.configuration", what: "the configuration cannot be used", place: "environment variables",
                why: problems.map { "\($0.variable) \($0.why)" }.joined(separator: "\n"),
                fix: "set the variables named above and start again")
        case .pendingMigrations(let names):
            Diagnostic(
                "app.migrations", what: "the database is behind this release", place: "schema_migration",
                why: "not applied: \(names.joined(separator: ", "))", fix: "appserver migrate")
        case .spool(let action, let path, let why):
            Diagnostic(
                "app.spool", what: "cannot \(action)", place: path, why: why,
                fix: "check APP_SPOOL_DIR, its permissions and the free space")
        case .process(let action, let why):
            Diagnostic(
                "app.process", what: "cannot \(action)", place: "kernel", why: why,
                fix: "check the limits of the service that starts appserver: prlimit")
        case .listen(let address, let why):
            Diagnostic(
                "app.listen", what: "cannot listen", place: address, why: why,
                fix: "choose another APP_LISTEN, or stop what listens there: ss -ltnp")
        }
    }
}
