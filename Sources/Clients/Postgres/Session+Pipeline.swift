import Blocking
import CPostgres
import Glibc

/// One statement of a flight, with text parameters `$1`, `$2`, ….
package struct PostgresStatement: Sendable, Equatable {
    package let sql: String
    package let parameters: [String?]

    package init(_ sql: String, _ parameters: [String?] = []) { (self.sql, self.parameters) = (sql, parameters) }
}

extension Session {
    /// Sends all statements at once, each a transaction of its own, and reads their answers.
    /// - Returns: one answer per statement; when the session ends half-way, those that are missing carry that error.
    mutating func pipeline(_ statements: [PostgresStatement], _ waiter: Waiter) throws
        -> [Result<PostgresRows, PostgresError>]
    {
        guard isUsable, PQenterPipelineMode(connection) == 1 else {
            throw PostgresError.lost(server: server, message: message)
        }
        var answers: [Result<PostgresRows, PostgresError>] = []
        do {
            for statement in statements {
                guard send(statement.sql, statement.parameters), PQpipelineSync(connection) == 1 else {
                    throw PostgresError.lost(server: server, message: message)
                }
            }
            try flush(waiter)
            while answers.count < statements.count { answers.append(try nextAnswer(waiter)) }
            guard PQexitPipelineMode(connection) == 1 else {
                throw PostgresError.lost(server: server, message: message)
            }
        } catch {
            let failure = ending(error)
            answers += (answers.count..<statements.count).map { _ in .failure(failure) }
        }
        return answers
    }

    private mutating func ending(_ error: any Error) -> PostgresError {
        isAbandoned = true
        if error is WaitError { askToCancel() }
        return switch error {
        case WaitError.timedOut(let phase): .timedOut(server: server, phase: phase)
        case WaitError.cancelled(let phase): .cancelled(server: server, phase: phase)
        case let error as PostgresError: error
        default: .lost(server: server, message: "\(error)")
        }
    }

    /// Reads while it writes: a server whose answers nobody takes would stop reading too.
    private mutating func flush(_ waiter: Waiter) throws {
        while true {
            let left = PQflush(connection)
            if left == 0 { return }
            guard left == 1 else { throw PostgresError.lost(server: server, message: message) }
            try waiter.wait(PQsocket(connection), for: POLLIN | POLLOUT, phase: "query")
            guard PQconsumeInput(connection) == 1 else { throw PostgresError.lost(server: server, message: message) }
        }
    }

    /// The answer of one statement: its result, the end of the statement, the end of its transaction.
    private mutating func nextAnswer(_ waiter: Waiter) throws -> Result<PostgresRows, PostgresError> {
        var answer: Result<PostgresRows, PostgresError> = .failure(.query(sqlState: nil, message: "empty statement"))
        while true {
            while PQisBusy(connection) == 1 {
                try wait(for: POLLIN, phase: "query", waiter)
                guard PQconsumeInput(connection) == 1 else {
                    throw PostgresError.lost(server: server, message: message)
                }
            }
            guard let result = PQgetResult(connection) else {
                guard PQstatus(connection) == CONNECTION_OK else {
                    throw PostgresError.lost(server: server, message: message)
                }
                continue
            }
            defer { PQclear(result) }
            switch PQresultStatus(result) {
            case PGRES_TUPLES_OK, PGRES_COMMAND_OK: answer = .success(rows(of: result))
            case PGRES_PIPELINE_SYNC: return answer
            case PGRES_EMPTY_QUERY, PGRES_PIPELINE_ABORTED: break
            default:
                let error = queryError(result)
                if case .lost = error { throw error }
                answer = .failure(error)
            }
        }
    }
}
