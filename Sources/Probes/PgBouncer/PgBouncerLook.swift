import OpsModel
import PostgresClient

/// Looks at a PgBouncer. Its console knows only the simple protocol, one SHOW at a time.
struct PgBouncerLook {
    let expectation: PgBouncerExpectation
    let asked: Set<String>
    let time: TimeBudget

    /// What is shown for which checks.
    private static let commands: [(name: String, checks: Set<String>)] = [
        ("POOLS", ["pool_wait", "clients_waiting", "pool_saturation"]),
        ("DATABASES", ["databases", "pool_saturation"]),
        ("CONFIG", ["client_saturation"]), ("LISTS", ["client_saturation"]),
    ]

    func look() async -> PgBouncerSnapshot {
        do {
            let authority = expectation.url.tlsMode == .disable ? nil : expectation.url.authorityFile
            if authority != "system" { try LookFailure.refuseUnusable(authorityFile: authority) }
        } catch {
            return PgBouncerSnapshot(session: .failed(error))
        }
        async let through = lookThrough()
        var snapshot = await lookInside()
        snapshot.through = await through
        return snapshot
    }

    private func lookInside() async -> PgBouncerSnapshot {
        let connection: PostgresConnection
        do {
            connection = try await PostgresConnection.open(
                expectation.url, applicationName: PostgresLook.application, timeout: time.forLooking)
        } catch {
            var snapshot = PgBouncerSnapshot(session: .failed(Self.failure(error)))
            snapshot.tls = await refusedHandshake(error, with: expectation.url, timeout: time.forLooking)
            return snapshot
        }
        let version = await show("VERSION", over: connection)
        var snapshot = PgBouncerSnapshot(session: Self.session(version))
        snapshot.tls = connection.tlsFacts
        for command in Self.commands where !command.checks.isDisjoint(with: asked) {
            snapshot.answers[command.name] = await show(command.name, over: connection)
        }
        snapshot.roundTrips = connection.roundTrips
        return snapshot
    }

    private static func session(_ version: Observation<PostgresTable>) -> Observation<String> {
        switch version {
        case .failed(let failure): .failed(failure)
        case .notLooked: .notLooked
        case .seen(let table):
            .seen(
                (table.first?["version"] ?? "").split(separator: " ").first { $0.first?.isNumber == true }
                    .map(String.init) ?? "unknown")
        }
    }

    private func show(_ what: String, over connection: PostgresConnection) async -> Observation<PostgresTable> {
        await Observation.look {
            guard let rows = try await connection.batch("SHOW \(what)", timeout: time.forLooking).first else {
                throw LookFailure(reason: .proto, phase: "query", message: "SHOW \(what) brought no rows")
            }
            return PostgresTable(rows)
        }
    }

    /// No session settings: they would stay with the server connection, for its next client.
    private func lookThrough() async -> Observation<Int64> {
        guard let url = expectation.throughURL else { return .notLooked }
        let start = ContinuousClock.now
        do {
            let connection = try await PostgresConnection.open(
                url, applicationName: PostgresLook.application, timeout: time.forLooking)
            _ = try await connection.batch("SELECT 1", timeout: time.forLooking)
            return .seen((ContinuousClock.now - start).milliseconds)
        } catch {
            return .failed(Self.failure(error))
        }
    }

    /// PgBouncer gives most of its refusals one SQLSTATE, 08P01: only its words tell them apart.
    static func failure(_ error: any Error) -> LookFailure {
        let failure = LookFailure(error)
        guard failure.code == "08P01" else { return failure }
        let words: [(String, CheckReason)] = [
            ("authentication failed", .authentication), ("no such user", .authentication),
            ("not allowed", .authorization), ("no such database", .missingDatabase), ("disabled", .policy),
            ("does not allow connecting", .policy), ("paused", .policy), ("no more connections", .tooManyConnections),
            ("server login", .unreachable), ("server", .unreachable),
        ]
        guard let reason = words.first(where: { failure.message.contains($0.0) })?.1 else { return failure }
        return LookFailure(reason: reason, phase: "authenticate", message: failure.message, code: failure.code)
    }
}
