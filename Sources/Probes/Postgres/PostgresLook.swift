import Foundation
import OpsModel
import PostgresClient
import SocketClient

/// Looks at a PostgreSQL server: one safe session that asks everything in one flight, and one refused attempt without TLS.
struct PostgresLook {
    let expectation: PostgresExpectation
    let asked: Set<String>
    let time: TimeBudget
    /// Unique in this run; names the canary row.
    let canaryID: String
    /// How long the replica may take to show the canary's row.
    var replicaLimit: Duration = .seconds(10)

    static let application = "opsctl-probe"
    /// No statement of ours waits or works for long. That the session only reads is the flight's second statement.
    static let options = ["statement_timeout": "2000", "lock_timeout": "50"]

    func look() async -> PostgresSnapshot {
        do {
            let authority = expectation.url.tlsMode == .disable ? nil : expectation.url.authorityFile
            // `system` is libpq's word for the machine's own roots.
            if authority != "system" { try LookFailure.refuseUnusable(authorityFile: authority) }
        } catch {
            return PostgresSnapshot(session: .failed(error))
        }
        async let plaintext = lookAtPlaintext()
        var snapshot = await lookInside()
        snapshot.plaintext = await plaintext
        return snapshot
    }

    private func lookInside() async -> PostgresSnapshot {
        let connection: PostgresConnection
        do {
            connection = try await open(expectation.url)
        } catch {
            var snapshot = PostgresSnapshot(session: .failed(LookFailure(error)))
            snapshot.tls = await refusedHandshake(error, with: expectation.url, timeout: time.forLooking)
            return snapshot
        }
        var snapshot = PostgresSnapshot(session: .notLooked)
        snapshot.tls = connection.tlsFacts
        await ask(connection, &snapshot)
        snapshot.roundTrips = connection.roundTrips
        return snapshot
    }

    func open(_ url: PostgresURL) async throws -> PostgresConnection {
        try await PostgresConnection.open(
            url, applicationName: Self.application, timeout: time.forLooking, options: Self.options)
    }

    private func ask(_ connection: PostgresConnection, _ snapshot: inout PostgresSnapshot) async {
        // Servers before 14 do not say unasked what they are: there the expectation decides what is sent.
        let isReplica = connection.parameter("in_hot_standby").map { $0 == "on" } ?? (expectation.role == .replica)
        let queries = PostgresCatalogue.queries(
            expectation, isReplica: isReplica, version: connection.serverVersion, asked: asked)
        let canary = PostgresCanary(id: canaryID, isShownToReplica: expectation.replicaURL != nil)
        let writes = expectation.writesCanary && expectation.role == .primary && !isReplica
        let opening = [PostgresCatalogue.session(expectation), PostgresCatalogue.makeReadOnly]
        let start = ContinuousClock.now
        var answers: [Result<PostgresRows, PostgresError>]
        do {
            answers = try await connection.pipeline(
                opening + queries.map(\.statement) + (writes ? canary.flight : []), timeout: time.forLooking)
        } catch {
            return snapshot.session = .failed(LookFailure(error))
        }
        let elapsed = ContinuousClock.now - start
        snapshot.session = Self.session(answers[0])
        answers.removeFirst(opening.count)
        for (query, answer) in zip(queries, answers) {
            snapshot.answers[query.name.rawValue] = Self.observation(answer)
        }
        if writes {
            await finish(
                canary, Array(answers.dropFirst(queries.count)), elapsed: elapsed, connection, &snapshot)
        }
        await askAgain(connection, &snapshot)
    }

    /// How long a replica that is behind is watched.
    private static let catchUpLimit = Duration.seconds(1)

    /// A replica with something left to replay is asked again until it has replayed that, or for a second: the age of the last
    /// replayed commit alone would blame it for the time in which the primary had nothing to do, or worked on one commit.
    private func askAgain(_ connection: PostgresConnection, _ snapshot: inout PostgresSnapshot) async {
        guard let first = snapshot.answers[PostgresCatalogue.replication.rawValue]?.facts?.first,
            let target = first.replayTarget, first.holds("paused") != true
        else { return }
        let end = ContinuousClock.now + min(Self.catchUpLimit, time.forLooking / 2)
        var backoff = Backoff(from: .milliseconds(5), upTo: .milliseconds(200))
        let name = PostgresCatalogue.replicationAgain.rawValue
        do {
            while true {
                let answers = try await connection.pipeline(
                    [CatalogueQuery.replication.statement], timeout: time.forLooking)
                snapshot.answers[name] = answers.first.map(Self.observation)
                guard let row = snapshot.answers[name]?.facts?.first,
                    let reached = row["replayed"].flatMap(walPosition), reached < target, ContinuousClock.now < end
                else { return }
                try await Task.sleep(for: backoff.pause())
            }
        } catch {
            snapshot.answers[name] = .failed(LookFailure(error))
        }
    }

    private static func observation(_ answer: Result<PostgresRows, PostgresError>) -> Observation<PostgresTable> {
        switch answer {
        case .success(let rows): .seen(PostgresTable(rows))
        case .failure(let error): .failed(LookFailure(error))
        }
    }

    private static func session(_ answer: Result<PostgresRows, PostgresError>) -> Observation<PostgresSnapshot.Session>
    {
        guard case .success(let rows) = answer else {
            return observation(answer).failure.map { .failed($0) } ?? .notLooked
        }
        guard let row = PostgresTable(rows).first, let version = row["version"],
            let number = row["number"].flatMap({ Int($0) }), let user = row["user"], let database = row["database"],
            let isReplica = row.holds("replica"), let isWritable = row.holds("writable"),
            let isSuperuser = row.holds("superuser"), let statistics = row.holds("statistics"),
            let settings = row.holds("settings")
        else {
            return .failed(
                LookFailure(reason: .proto, phase: "query", message: "the server does not say who and what it is"))
        }
        return .seen(
            .init(
                version: String(version.prefix { $0 != " " }), versionNumber: number, isReplica: isReplica, user: user,
                database: database,
                isWritableByDefault: isWritable, isSuperuser: isSuperuser, seesStatistics: statistics,
                seesSettings: settings))
    }
}

/// The facts of a handshake that libpq refused: it shows nothing of a certificate that it does not accept, so that is fetched
/// once more. Without it the failure stands as libpq tells it.
func refusedHandshake(_ error: any Error, with url: PostgresURL, timeout: Duration) async -> TLSFacts? {
    guard case PostgresError.tls = error else { return nil }
    do { return try await PostgresConnection.handshake(with: url, timeout: timeout) } catch { return nil }
}
