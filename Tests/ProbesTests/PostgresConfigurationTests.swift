import Foundation
import LocalServices
import OpsModel
import PostgresClient
@testable import Probes
import TestSupport
import Testing

/// Checks of how the server is set up: each passes on a healthy server and fails on one that is set up wrong in that way.
@Suite(.enabled(if: Requirement.postgres.isMet, "PostgreSQL is not installed")) struct PostgresConfigurationTests {
    @Test func versionSettingsIdentityAndExtensionsAreCompared() async throws {
        try await withPostgres { database in
            let identity = try await database.sql("SELECT system_identifier FROM pg_control_system()")
            let good = try await probe(database.url(.probe)) {
                ($0.minimumVersion, $0.systemIdentifier) = ("13.4", identity)
                $0.settings = ["max_connections": "100", "shared_buffers": "32MB", "DateStyle": "ISO, MDY"]
                $0.extensions = ["plpgsql": "1.0"]
            }
            for name in ["version", "cluster_identity", "settings", "extensions"] {
                #expect(good[name]?.status == .pass, "\(String(describing: good[name]))")
            }
            let bad = try await probe(database.url(.probe)) {
                ($0.minimumVersion, $0.systemIdentifier) = ("99", "1")
                $0.settings = ["max_connections": "200", "no_such_setting": "1"]
                $0.extensions = ["plpgsql": "9", "hstore": "any"]
            }
            for name in ["version", "cluster_identity", "settings", "extensions"] {
                #expect(bad[name]?.status == .fail)
            }
            #expect(bad["settings"]?.observed == "max_connections=100, no_such_setting: there is no such setting")
            #expect(bad["extensions"]?.fix == "CREATE EXTENSION \"hstore\"; ALTER EXTENSION \"plpgsql\" UPDATE")
        }
    }

    @Test func aSettingThatOnlySomeMayReadIsUnknownWithoutTheGrant() async throws {
        try await withPostgresCluster { cluster in
            try await cluster.sql(
                "REVOKE pg_monitor FROM probe; REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC")
            let checks = try await probe(cluster.url(.probe)) {
                $0.settings = ["data_directory": "/nowhere"]
                $0.systemIdentifier = "1"
            }
            #expect(checks["settings"]?.status == .unknown)
            #expect(checks["settings"]?.fix == "GRANT pg_read_all_settings TO \"probe\"")
            #expect(checks["cluster_identity"]?.status == .unknown)
            try await cluster.sql(try #require(checks["cluster_identity"]?.fix))
            #expect(
                try await probe(cluster.url(.probe)) { $0.systemIdentifier = "1" }["cluster_identity"]?.status == .fail)
        }
    }

    @Test func changedSettingsAreSeen() async throws {
        try await withPostgresCluster { cluster in
            try await cluster.set("max_connections", "150")
            try await cluster.set("autovacuum", "off")
            try await cluster.set("password_encryption", "'md5'")
            try await cluster.set("default_transaction_read_only", "on")
            try await eventually("the server has read its settings") {
                let checks = try await probe(cluster.url(.probe))
                return checks["pending_restart"]?.status == .warn && checks["autovacuum"]?.status == .fail
                    && checks["password_encryption"]?.status == .fail && checks["writable"]?.status == .fail
            }
            let checks = try await probe(cluster.url(.probe), canary: true)
            #expect(checks["pending_restart"]?.observed == "max_connections")
            #expect(checks["writable"]?.reason == .readOnly)
            #expect(checks["write_canary"]?.status == .pass)
        }
    }

    @Test func migrationsAreComparedAndNamesAreQuoted() async throws {
        try await withPostgres { database in
            try await database.sql(
                """
                CREATE TABLE "odd ""name" (version bigint, "is dirty" boolean DEFAULT false);
                INSERT INTO "odd ""name" VALUES (9), (10); GRANT SELECT ON "odd ""name" TO probe
                """)
            func look(_ expected: String, table: String = "odd \"name") async throws -> CheckResult? {
                try await probe(database.url(.probe)) {
                    $0.migrations = .init(
                        table: table, column: "version", expected: expected, dirtyColumn: "is dirty")
                }["migrations"]
            }
            #expect(try await look("10")?.status == .pass)
            #expect(try await look("11")?.observed == "10")
            #expect(try await look("11")?.status == .fail)
            #expect(try await look("10", table: "public.odd \"name")?.status == .pass)
            #expect(try await look("10", table: "absent")?.status == .fail)
            #expect(try await look("10", table: "x\"; DROP TABLE \"odd \"\"name")?.status == .fail)
            try await database.sql("UPDATE \"odd \"\"name\" SET \"is dirty\" = true WHERE version = 10")
            #expect(try await look("10")?.observed == "10, 1 half-done")
            #expect(try await look("10")?.status == .fail)
            try await database.sql("REVOKE SELECT ON \"odd \"\"name\" FROM probe")
            let hidden = try await look("10")
            #expect(hidden?.status == .unknown)
            #expect(hidden?.fix == "GRANT SELECT ON \"odd \"\"name\" TO \"probe\"")
        }
    }

    @Test func accessRulesAreAuditedWithTheGrantAndUnknownWithoutIt() async throws {
        try await withPostgresCluster { cluster in
            func look() async throws -> CheckResult? {
                try await probe(cluster.url(.probe)) { $0.auditsAccess = true }["auth_methods"]
            }
            let hidden = try await look()
            #expect(hidden?.status == .unknown)
            let grant = try #require(hidden?.fix)
            try await cluster.sql(grant)
            #expect(try await look()?.status == .pass)
            try cluster.addAccessRule("hostssl all all 10.0.0.0/8 trust")
            #expect(try await look()?.status == .fail)
            #expect(try await look()?.observed == "line 1: hostssl trust")
            try cluster.addAccessRule("hostssl all all nowhere/99 scram-sha-256")
            #expect(try await look()?.observed.contains("invalid: \"nowhere/99\"") == true)
        }
    }

    @Test func aPowerfulAppRoleIsNamedWithWhatToTakeFromIt() async throws {
        try await withPostgresCluster { cluster in
            func look() async throws -> CheckResult? {
                try await probe(cluster.url(.probe)) { $0.appRole = "app" }["least_privilege"]
            }
            #expect(try await look()?.status == .pass)
            try await cluster.sql(
                "ALTER ROLE app CREATEDB BYPASSRLS; GRANT pg_write_server_files TO app; GRANT CREATE ON SCHEMA public TO PUBLIC"
            )
            let bad = try await look()
            #expect(bad?.status == .fail)
            try await cluster.sql(try #require(bad?.fix))
            #expect(try await look()?.status == .pass)
            #expect(try await probe(cluster.url(.probe)) { $0.appRole = "nobody" }["least_privilege"]?.status == .fail)
            #expect(try await probe(cluster.url(.superuser))["superuser_session"]?.status == .warn)
        }
    }

    @Test(arguments: ["rds_superuser", "cloudsqlsuperuser", "pg_write_all_data", "pg_signal_backend", "creator"])
    func aPowerByMembershipIsNamedAndTakenAway(_ power: String) async throws {
        try await withPostgresCluster { cluster in
            if !power.hasPrefix("pg_") { try await cluster.sql("CREATE ROLE \(power)") }
            // Powers that come through another role, and attributes that SET ROLE gives.
            if power == "creator" { try await cluster.sql("ALTER ROLE creator CREATEROLE") }
            try await cluster.sql("GRANT \(power) TO app")
            func look() async throws -> CheckResult? {
                try await probe(cluster.url(.probe)) { $0.appRole = "app" }["least_privilege"]
            }
            let bad = try await look()
            #expect(bad?.status == .fail)
            #expect(bad?.observed == "member of \(power)")
            try await cluster.sql(try #require(bad?.fix))
            #expect(try await look()?.status == .pass)
        }
    }

    @Test func aPasswordThatEndsTomorrowIsSeen() async throws {
        try await withPostgresCluster { cluster in
            func look() async throws -> CheckResult? {
                try await probe(cluster.url(.probe)) { $0.appRole = "app" }["role_password_expiry"]
            }
            #expect(try await look()?.status == .pass)
            try await cluster.sql("ALTER ROLE app VALID UNTIL 'infinity'")
            #expect(try await look()?.status == .pass)
            try await cluster.sql("SELECT format('ALTER ROLE app VALID UNTIL %L', now() + interval '1 day') \\gexec")
            #expect(try await look()?.status == .fail)
            #expect(try await look()?.observed == "app: 24 h")
        }
    }
}

extension PostgresCluster {
    /// Puts a line before all others.
    func addAccessRule(_ line: String) throws {
        let path = "\(dataFolder(of: .primary))/pg_hba.conf"
        let lines = try String(contentsOfFile: path, encoding: .utf8)
        try "\(line)\n\(lines)".write(toFile: path, atomically: false, encoding: .utf8)
    }
}
