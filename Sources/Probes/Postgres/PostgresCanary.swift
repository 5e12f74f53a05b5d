import OpsModel
import PostgresClient

/// A row that is written and committed, read back, perhaps seen on a replica, and removed, with those of crashed runs.
struct PostgresCanary {
    let id: String
    /// Then the row stays until the replica has shown it.
    let isShownToReplica: Bool

    /// Rides behind the catalogue's statements; each is a transaction of its own.
    var flight: [PostgresStatement] {
        [
            PostgresStatement("SET default_transaction_read_only = off"),
            PostgresStatement(
                """
                CREATE TABLE IF NOT EXISTS opsctl_probe.canary
                (id text PRIMARY KEY, written_at timestamptz NOT NULL DEFAULT now())
                """),
            PostgresStatement("INSERT INTO opsctl_probe.canary (id) VALUES ($1)", [id]),
            seek,
        ] + (isShownToReplica ? [] : [removal])
    }

    var seek: PostgresStatement { PostgresStatement("SELECT id FROM opsctl_probe.canary WHERE id = $1", [id]) }

    var removal: PostgresStatement {
        PostgresStatement(
            "DELETE FROM opsctl_probe.canary WHERE id = $1 OR written_at < now() - interval '1 hour'", [id])
    }

    typealias Answer = Result<PostgresRows, PostgresError>

    /// What the answers of `flight` and of the removal say. The first thing that went wrong explains the rest; a table that
    /// may not be made is no trouble when it is there.
    func observation(
        _ answers: [Answer], removal: Answer, elapsed: Duration
    ) -> Observation<PostgresSnapshot.Canary> {
        do {
            _ = try answers[0].get()
            if case .failure(let error) = answers[2], ["42P01", "3F000"].contains(error.sqlState) {
                _ = try answers[1].get()
            }
            _ = try answers[2].get()
            return .seen(
                .init(
                    wasReadBack: try answers[3].get().value("id") == id, wasRemoved: try removal.get().affected >= 1,
                    elapsedMilliseconds: elapsed.milliseconds))
        } catch {
            return .failed(LookFailure(error))
        }
    }
}

extension PostgresLook {
    func finish(
        _ canary: PostgresCanary, _ answers: [PostgresCanary.Answer], elapsed: Duration,
        _ connection: PostgresConnection, _ snapshot: inout PostgresSnapshot
    ) async {
        if canary.isShownToReplica, case .success = answers[2] {
            snapshot.replicaCanary = await seek(canary)
        }
        var removal: PostgresCanary.Answer =
            canary.isShownToReplica ? await remove(canary, over: connection) : answers[4]
        if case .failure(let error) = removal, error.sqlState == nil {
            // The session is gone: the row may be there all the same.
            removal = await remove(canary, over: nil)
        }
        snapshot.canary = canary.observation(answers, removal: removal, elapsed: elapsed)
    }

    /// - Parameter connection: nil for a new one.
    private func remove(_ canary: PostgresCanary, over connection: PostgresConnection?) async -> PostgresCanary.Answer {
        await shielded { await removeNow(canary, over: connection) }
    }

    private func removeNow(
        _ canary: PostgresCanary, over connection: PostgresConnection?
    ) async -> PostgresCanary.Answer {
        do {
            let connection =
                if let connection { connection } else {
                    try await PostgresConnection.open(
                        expectation.url, applicationName: Self.application, timeout: time.forCleaning,
                        options: Self.options)
                }
            return .success(
                try await connection.query(
                    canary.removal.sql, canary.removal.parameters, timeout: time.forCleaning))
        } catch let error as PostgresError {
            return .failure(error)
        } catch {
            return .failure(.lost(server: expectation.url.endpoint, message: "\(error)"))
        }
    }

    /// Asks the replica for the row until it is there or the limit is over.
    private func seek(_ canary: PostgresCanary) async -> Observation<PostgresSnapshot.ReplicaCanary> {
        guard let url = expectation.replicaURL else { return .notLooked }
        let start = ContinuousClock.now
        let limit = min(replicaLimit, time.forLooking)
        return await Observation.look {
            let connection = try await open(url)
            var backoff = Backoff(from: .milliseconds(5), upTo: .milliseconds(100))
            while true {
                let answer = try await connection.pipeline([canary.seek], timeout: time.forLooking).first
                let elapsed = ContinuousClock.now - start
                switch answer {
                case .success(let rows) where rows.value("id") == canary.id:
                    return .init(seenAfterMilliseconds: elapsed.milliseconds, waitedMilliseconds: elapsed.milliseconds)
                // The table itself may still be on its way.
                case .success, .failure(.query(sqlState: "42P01", _)), .failure(.query(sqlState: "3F000", _)), nil:
                    break
                case .failure(let error): throw error
                }
                guard elapsed < limit else {
                    return .init(seenAfterMilliseconds: nil, waitedMilliseconds: elapsed.milliseconds)
                }
                try await Task.sleep(for: backoff.pause())
            }
        }
    }
}
