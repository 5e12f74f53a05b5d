import OpsConfiguration
import OpsModel
import PostgresClient
import Probes

extension PostgresSubject {
    init(_ value: ConfigurationValue) throws {
        let protection = value["tls"].flatMap { PostgresExpectation.Protection(rawValue: $0.string) } ?? .verified
        let url = try postgresURL(value.required("url"), protection: protection)
        let role = value["role"].flatMap { PostgresExpectation.Role(rawValue: $0.string) } ?? .primary
        var expectation = PostgresExpectation(
            url: url, role: role,
            protection: protection,
            refusesPlaintext: value["refuse_plaintext"]?.boolean,
            writesCanary: value["canary"]?.boolean ?? (role == .primary))
        try expectation.read(value)
        self.init(expectation)
    }
}

extension PostgresExpectation {
    fileprivate mutating func read(_ value: ConfigurationValue) throws {
        minimumVersion = value["minimum_version"]?.string
        settings = value["settings"]?.texts ?? [:]
        systemIdentifier = value["system_identifier"]?.string
        standbyCount = value["standbys"]?.integer
        standbyNames = value["standby_names"]?.strings ?? []
        archivesWAL = value["archive"]?.boolean
        appRole = value["app_role"]?.string
        extensions = value["extensions"]?.texts ?? [:]
        replicaURL = try value["replica_url"].map { try postgresURL($0, protection: protection) }
        auditsAccess = value["audit_access"]?.boolean ?? false
        readsSequences = value["sequences"]?.boolean ?? false
        migrations = try value["migrations"].map { try Migrations($0) }
    }
}

extension PostgresExpectation.Migrations {
    private struct Preset {
        let table: String
        let column: String
        var dirty: String?
        var success: String?
        var order: String?
    }

    private static let presets = [
        "opsctl": Preset(table: "schema_migration", column: "version"),
        "golang-migrate": Preset(table: "schema_migrations", column: "version", dirty: "dirty"),
        "rails": Preset(table: "schema_migrations", column: "version"),
        "alembic": Preset(table: "alembic_version", column: "version_num"),
        "flyway": Preset(
            table: "flyway_schema_history", column: "version", success: "success", order: "installed_rank"),
    ]

    fileprivate init(_ value: ConfigurationValue) throws {
        let preset = value["preset"].flatMap { Self.presets[$0.string] }
        guard let table = value["table"]?.string ?? preset?.table,
            let column = value["column"]?.string ?? preset?.column
        else {
            throw ConfigurationError([
                value.problem("table and column are missing", fix: "set both, or a preset such as golang-migrate")
            ])
        }
        self.init(
            table: table, column: column, expected: value.required("expected").string,
            dirtyColumn: value["dirty"]?.string ?? preset?.dirty, successColumn: preset?.success,
            orderColumn: preset?.order)
    }
}

extension ConfigurationValue {
    /// A mapping of texts.
    fileprivate var texts: [String: String] {
        Dictionary(entries.map { ($0.key, $0.value.string) }, uniquingKeysWith: { first, _ in first })
    }
}
