import OpsModel
import PostgresClient

/// Looks at a PostgreSQL server: one safe session for facts and canary, one refused attempt without TLS.
struct PostgresLook {
    let expectation: PostgresExpectation
    let time: TimeBudget
    /// Unique in this run; names the canary row.
    let canaryID: String

    private static let application = "opsctl-probe"

    func look() async -> PostgresSnapshot {
        do {
            let authority = expectation.url.tlsMode == .disable ? nil : expectation.url.authorityFile
            // `system` is libpq's word for the machine's own roots.
            if authority != "system" { try LookFailure.refuseUnusable(authorityFile: authority) }
        } catch {
            return PostgresSnapshot(session: .failed(error), plaintext: .notLooked, canary: .notLooked)
        }
        async let plaintext = lookAtPlaintext()
        let connection = await connect()
        guard case .success(let connection) = connection else {
            let failure: Observation<PostgresSnapshot.Session> =
                if case .failure(let error) = connection { .failed(LookFailure(error)) } else { .notLooked }
            return PostgresSnapshot(session: failure, plaintext: await plaintext, canary: .notLooked)
        }
        let session = await Observation.look { try await facts(over: connection) }
        let canary =
            expectation.writesCanary && session.facts?.isReplica == false
            ? await Observation.look { try await writeCanary(over: connection) } : .notLooked
        return PostgresSnapshot(session: session, plaintext: await plaintext, canary: canary)
    }

    private func connect() async -> Result<PostgresConnection, any Error> {
        do {
            let options = ["default_transaction_read_only": "on", "statement_timeout": "2000", "lock_timeout": "50"]
            return .success(
                try await PostgresConnection.open(
                    expectation.url, applicationName: Self.application, timeout: time.forLooking, options: options))
        } catch {
            return .failure(error)
        }
    }

    private func facts(over connection: PostgresConnection) async throws -> PostgresSnapshot.Session {
        let rows = try await connection.query(
            """
            SELECT current_setting('server_version') AS version, pg_is_in_recovery() AS replica, current_user AS "user",
                   current_database() AS database
            """, timeout: time.forLooking)
        guard let version = rows.value("version"), let replica = rows.value("replica"), let user = rows.value("user"),
            let database = rows.value("database")
        else { throw PostgresError.query(sqlState: nil, message: "the catalogue query returned no row") }
        return .init(
            tls: connection.tlsVersion, version: version, isReplica: replica == "t", user: user, database: database)
    }

    /// Writes in a committed transaction of its own, reads the row back, removes it, and sweeps rows of crashed runs.
    private func writeCanary(over connection: PostgresConnection) async throws -> PostgresSnapshot.Canary {
        let start = ContinuousClock.now
        _ = try await connection.query(
            "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE", timeout: time.forLooking)
        _ = try await connection.query(
            """
            CREATE TABLE IF NOT EXISTS opsctl_probe.canary
                (id text PRIMARY KEY, written_at timestamptz NOT NULL DEFAULT now())
            """, timeout: time.forLooking)
        _ = try await connection.query(
            "INSERT INTO opsctl_probe.canary (id) VALUES ($1)", [canaryID], timeout: time.forLooking)
        let read: Result<PostgresRows, any Error>
        do {
            read = .success(
                try await connection.query(
                    "SELECT id FROM opsctl_probe.canary WHERE id = $1", [canaryID], timeout: time.forLooking))
        } catch {
            read = .failure(error)
        }
        let removed: PostgresRows
        do {
            removed = try await connection.query(
                "DELETE FROM opsctl_probe.canary WHERE id = $1 OR written_at < now() - interval '1 hour'", [canaryID],
                timeout: time.forCleaning)
        } catch {
            _ = try read.get()  // the first thing that went wrong explains the second
            throw error
        }
        return .init(
            wasReadBack: try read.get().value("id") == canaryID, wasRemoved: removed.affected >= 1,
            elapsedMilliseconds: (ContinuousClock.now - start).milliseconds)
    }

    /// Tries a session without TLS. No password is offered, so none can travel in the clear: a server that asks for one has
    /// already accepted the plaintext session.
    private func lookAtPlaintext() async -> Observation<PostgresSnapshot.PlaintextAnswer> {
        guard expectation.refusesPlaintext else { return .notLooked }
        var url = expectation.url
        (url.tlsMode, url.password, url.authorityFile) = (.disable, nil, nil)
        do {
            _ = try await PostgresConnection.open(url, applicationName: Self.application, timeout: time.forLooking)
            return .seen(.accepted)
        } catch {
            return Self.plaintextAnswer(to: error)
        }
    }

    /// SQLSTATE 28000 is also given to roles that may not log in, after a session without TLS was taken: only the one that
    /// speaks of pg_hba.conf, in whatever language, is the refusal.
    static func plaintextAnswer(to error: any Error) -> Observation<PostgresSnapshot.PlaintextAnswer> {
        switch error {
        case PostgresError.passwordRequired: .seen(.accepted)
        case PostgresError.connection(_, "28000", let message) where message.contains("pg_hba.conf"): .seen(.refused)
        default: .failed(LookFailure(error))
        }
    }
}
