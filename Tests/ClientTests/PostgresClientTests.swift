import OpsModel
import PostgresClient
import TestSupport
import Testing

@Suite struct PostgresURLTests {
    @Test func readsAURLWithEscapedPasswordAndTLSSettings() throws {
        let url = try PostgresURL(
            Secret("postgresql://app:p%40ss%2Fw@db.example:6432/shop?sslmode=verify-full&sslrootcert=/ca.crt"))
        #expect(url.password?.reveal() == "p@ss/w")
        #expect((url.host, url.port, url.user, url.database) == ("db.example", 6432, "app", "shop"))
        #expect(url.tlsMode == .verifyFull)
        #expect("\(url)" == "postgresql://app@db.example:6432/shop?sslmode=verify-full")
    }

    @Test(arguments: [
        "mysql://a:secret@h/d", "postgresql://h/d", "postgresql://a:secret@h/",
        "postgresql://a:secret@h/d?sslmode=maybe",
        "postgresql://a:secret@h/d?typo=1", "not a url secret",
    ])
    func aFaultIsNamedWithoutQuotingTheURL(_ text: String) throws {
        let error = #expect(throws: PostgresURLError.self) { try PostgresURL(Secret(text)) }
        let diagnostic = try #require(error).diagnostic
        #expect(!"\(diagnostic)".contains("secret"))
    }
}

@Suite(.enabled(if: Requirement.postgres.isMet, "PostgreSQL is not installed")) struct PostgresClientTests {
    private func open(_ url: Secret, _ change: (inout PostgresURL) -> Void = { _ in }) async throws
        -> PostgresConnection
    {
        var url = try PostgresURL(url)
        change(&url)
        return try await PostgresConnection.open(url, applicationName: "test", timeout: .seconds(10))
    }

    @Test func asksOverVerifiedTLSWithParameters() async throws {
        try await withPostgres { database in
            let connection = try await open(database.url())
            #expect(connection.tlsVersion == "TLSv1.3")
            let rows = try await connection.query("SELECT $1::int + 1 AS sum, $2::text AS nothing", ["41", nil])
            #expect(rows.value("sum") == "42")
            #expect(rows.rows[0][1] == nil)
        }
    }

    @Test func refusalsKeepTheirSQLSTATE() async throws {
        try await withPostgres { database in
            func state(_ change: @escaping (inout PostgresURL) -> Void) async -> String? {
                do {
                    _ = try await open(database.url(), change)
                    return "accepted"
                } catch { return (error as? PostgresError)?.sqlState }
            }
            #expect(await state { $0.password = Secret("wrong") } == "28P01")
            #expect(await state { $0.database = "absent" } == "3D000")
            #expect(await state { ($0.tlsMode, $0.authorityFile) = (.disable, nil) } == "28000")
        }
    }

    @Test func aMissingPasswordIsAskedForAndNotTakenFromElsewhere() async throws {
        try await withPostgres { database in
            let server = try PostgresURL(database.url()).endpoint
            _ = await #expect(throws: PostgresError.passwordRequired(server: server)) {
                _ = try await open(database.url()) { $0.password = nil }
            }
        }
    }

    @Test func aFailedStatementLeavesTheSessionUsable() async throws {
        try await withPostgres { database in
            let connection = try await open(database.url())
            let error = await #expect(throws: PostgresError.self) { _ = try await connection.query("SELECT 1/0") }
            #expect(error?.sqlState == "22012")
            #expect(connection.isUsable)
            #expect(try await connection.query("SELECT 2 AS two").value("two") == "2")
        }
    }

    @Test func aSlowStatementEndsAtItsTimeoutAndOnTheServerToo() async throws {
        try await withPostgres { database in
            let connection = try await open(database.url())
            let start = ContinuousClock.now
            await #expect(throws: PostgresError.timedOut(server: connection.url.endpoint, phase: "query")) {
                _ = try await connection.query("SELECT pg_sleep(60), 'slow-one'", timeout: .milliseconds(200))
            }
            #expect(ContinuousClock.now - start < .seconds(5))
            #expect(!connection.isUsable)
            try await eventually("the server has cancelled the statement") {
                try await database.sql(
                    "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%slow-one%' AND pid <> pg_backend_pid()"
                ).contains("0")
            }
        }
    }

    @Test func aBlackHoleTimesOutInItsPhase() async throws {
        let hole = try SilentListener()
        var url = PostgresURL(
            host: "127.0.0.1", port: hole.port, user: "a", password: nil, database: "d", tlsMode: .verifyFull,
            authorityFile: nil)
        let server = url.endpoint
        let error = await #expect(throws: PostgresError.self) {
            _ = try await PostgresConnection.open(url, applicationName: "test", timeout: .milliseconds(300))
        }
        #expect(error == .timedOut(server: server, phase: "tls"))
        url.port = 1
        let refused = await #expect(throws: PostgresError.self) {
            _ = try await PostgresConnection.open(url, applicationName: "test", timeout: .seconds(5))
        }
        if case .connection(_, nil, _) = refused {
        } else {
            Issue.record("not a plain connection error: \(String(describing: refused))")
        }
    }
}
