import OpsModel
import PostgresClient

extension PostgresLook {
    /// Tries a session without TLS. No password is offered, so none can travel in the clear: a server that asks for one has
    /// already accepted the plaintext session.
    func lookAtPlaintext() async -> Observation<PostgresSnapshot.PlaintextAnswer> {
        guard expectation.refusesPlaintext else { return .notLooked }
        var url = expectation.url
        (url.tlsMode, url.password, url.authorityFile) = (.disable, nil, nil)
        do {
            _ = try await open(url)
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
