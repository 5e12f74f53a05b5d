package import OpsModel

/// Why the database could not be asked. `code` is Postgres' SQLSTATE or SQLite's extended result code.
package enum DatabaseError: DiagnosableError, Equatable {
    case url(why: String)
    case unavailable(place: String, code: String?, why: String)
    /// Every connection was in use for as long as the caller would wait.
    case exhausted(place: String, waited: Duration)
    case timedOut(place: String, phase: String)
    case statement(code: String?, message: String)
    case uniqueViolation(code: String?, message: String)
    case column(String, why: String)
    case value(why: String)
    case migrationChanged(version: Int, name: String)
    /// The database was migrated by a newer release than this one.
    case migrationUnknown(versions: [Int])
    case migrationOrder(version: Int)
    case migrationFailed(version: Int, name: String, why: String)

    package var code: String? {
        switch self {
        case .unavailable(_, let code, _), .statement(let code, _), .uniqueViolation(let code, _): code
        default: nil
        }
    }

    package var diagnostic: Diagnostic {
        switch self {
        case .url(let why):
            Diagnostic(
                "database.url", what: "cannot read the database URL", place: "the URL's text (not shown)", why: why,
                fix: "write sqlite:///absolute/path.db or postgresql://USER:PASSWORD@HOST:PORT/DATABASE")
        case .unavailable(let place, let code, let why):
            Diagnostic(
                "database.unavailable", what: "cannot reach the database", place: place, why: Self.why(why, code),
                fix: "check that the server runs and that the URL is right")
        case .exhausted(let place, let waited):
            Diagnostic(
                "database.exhausted", what: "no free database connection", place: place,
                why: "all were in use for \(waited.text)", fix: "look for slow statements, or allow more connections")
        case .timedOut(let place, let phase):
            Diagnostic(
                "database.timeout", what: "the database did not answer in time", place: place,
                why: "deadline reached during \(phase)", fix: "look for locks and slow statements")
        case .statement(let code, let message):
            Diagnostic(
                "database.statement", what: "the database refused a statement", place: "statement",
                why: Self.why(message, code), fix: "see the database's log for the statement")
        case .uniqueViolation(let code, let message):
            Diagnostic(
                "database.unique", what: "a row of that key exists already", place: "statement",
                why: Self.why(message, code), fix: "use another key")
        default: usageDiagnostic
        }
    }

    private var usageDiagnostic: Diagnostic {
        switch self {
        case .column(let name, let why):
            Diagnostic(
                "database.column", what: "cannot read a column", place: name, why: why,
                fix: "compare the statement with the schema")
        case .value(let why):
            Diagnostic("database.value", what: "cannot bind a value", place: "statement", why: why, fix: "change it")
        default: migrationDiagnostic
        }
    }

    private var migrationDiagnostic: Diagnostic {
        switch self {
        case .migrationChanged(let version, let name):
            Diagnostic(
                "database.migration_changed", what: "an applied migration was edited", place: "\(version) \(name)",
                why: "its checksum differs from the one in schema_migration",
                fix: "restore the migration's text and write a new migration for the change")
        case .migrationUnknown(let versions):
            Diagnostic(
                "database.migration_unknown", what: "the database is newer than this release",
                place: "schema_migration",
                why: "unknown versions: \(versions.map(String.init).joined(separator: ", "))",
                fix: "run the release that applied them, or a later one")
        case .migrationOrder(let version):
            Diagnostic(
                "database.migration_order", what: "the list of migrations is not in order", place: String(version),
                why: "versions must rise without repeats", fix: "renumber it")
        case .migrationFailed(let version, let name, let why):
            Diagnostic(
                "database.migration_failed", what: "a migration failed and was rolled back",
                place: "\(version) \(name)", why: why, fix: "mend the cause and run the migrations again")
        default:
            Diagnostic("database", what: "database error", place: "database", why: "unknown", fix: "retry")
        }
    }

    private static func why(_ message: String, _ code: String?) -> String {
        code.map { "\(message) (\($0))" } ?? message
    }
}
