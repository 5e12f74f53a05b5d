import LocalServices
import OpsModel
import PostgresClient
@testable import Probes
import TestSupport
import Testing

/// Settings and what is said of them: by whose word sessions are read-only, and statements that leave the server able to start.
@Suite(.enabled(if: Requirement.postgres.isMet, "PostgreSQL is not installed")) struct PostgresSettingTests {
    @Test(arguments: [
        ("shared_preload_libraries", "a, b", "'a', 'b'"),
        ("search_path", "\"$user\", \"A,\"\"b\",c", "'$user', 'A,\"b', 'c'"),
        ("log_line_prefix", "it's, %m", "'it''s, %m'"), ("synchronous_standby_names", "ANY 1 (a, b)", "'ANY 1 (a, b)'"),
    ])
    func aStatementQuotesEachItemOfAListThatTheServerQuotes(_ name: String, _ value: String, _ literal: String) {
        #expect(SettingStatement(name: name, value: value).text == "ALTER SYSTEM SET \(name) = \(literal)")
    }

    @Test func anEmptyListIsResetAndNotANameWithoutLetters() {
        let statement = SettingStatement(name: "shared_preload_libraries", value: "")
        #expect(statement.text == "ALTER SYSTEM RESET shared_preload_libraries")
    }

    @Test func theServerTakesTheFixAsItWasMeant() async throws {
        try await withPostgresCluster { cluster in
            let wanted = ["session_preload_libraries": "auto_explain, passwordcheck", "log_line_prefix": "it's %m "]
            let bad = try await probe(cluster.url(.probe)) { $0.settings = wanted }["settings"]
            #expect(bad?.status == .fail)
            let fix = try #require(bad?.fix)
            #expect(fix.hasSuffix("on managed servers: in the parameter group"))
            for statement in fix.split(separator: "; ") where statement.hasPrefix("ALTER SYSTEM") {
                try await cluster.sql(String(statement), database: "postgres")
            }
            try await cluster.sql("SELECT pg_reload_conf()", database: "postgres")
            try await eventually("both have their values, and sessions begin") {
                try await probe(cluster.url(.probe)) { $0.settings = wanted }["settings"]?.status == .pass
            }
        }
    }

    @Test func theNearestSettingOfTheAppsRoleDecidesWhetherItsSessionsWrite() async throws {
        try await withPostgresCluster { cluster in
            func look(_ role: String?) async throws -> CheckStatus? {
                try await probe(cluster.url(.probe)) { $0.appRole = role }["writable"]?.status
            }
            let name = "default_transaction_read_only"
            func say(_ text: String) async throws { try await cluster.sql(text, database: "postgres") }
            // The probing role's own word is about nobody else.
            try await say("ALTER ROLE probe SET \(name) = on")
            #expect(try await look(nil) == .pass)
            #expect(try await look("app") == .pass)
            #expect(try await look("probe") == .fail)
            for value in ["'ON'", "'t'", "'y'", "1"] {
                try await say("ALTER DATABASE app SET \(name) = \(value)")
                #expect(try await look(nil) == .fail, "\(value)")
                #expect(try await look("app") == .fail, "\(value)")
            }
            try await say("ALTER ROLE app SET \(name) = 'NO'")
            #expect(try await look("app") == .pass)
            #expect(try await look(nil) == .fail)
            try await say("ALTER ROLE app IN DATABASE app SET \(name) = 'Yes'")
            #expect(try await look("app") == .fail)
            try await say("ALTER DATABASE app SET \(name) = off; ALTER ROLE app IN DATABASE app RESET \(name)")
            #expect(try await look("app") == .pass)
            try await say("ALTER ROLE probe RESET \(name)")
            try await say("ALTER DATABASE app RESET \(name)")
            try await cluster.set(name, "on")
            try await eventually("the server has read its settings") { try await look(nil) == .fail }
            #expect(try await look("app") == .pass)
        }
    }
}
