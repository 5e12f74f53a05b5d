import COpenSSL
import CPostgres
import SocketClient

/// Registered once with OpenSSL, at the first connection.
private let isWatchingContexts = opsctl_watch_contexts() >= 0

/// Runs one step of libpq's handshake; a TLS context that it makes offers P-256 first.
func withP256First<Value>(_ step: () -> Value) -> Value {
    guard isWatchingContexts else { return step() }
    opsctl_prefer_p256(1)
    defer { opsctl_prefer_p256(0) }
    return step()
}

extension Session {
    /// What is known of the session's TLS; nil when it is not encrypted.
    var tlsFacts: TLSFacts? {
        guard PQsslInUse(connection) == 1, let pointer = PQsslStruct(connection, "OpenSSL") else { return nil }
        let session = OpaquePointer(pointer)
        // The verified chain ends with the root; without verification there is only what the server sent.
        let chain = SSL_get0_verified_chain(session) ?? SSL_get_peer_cert_chain(session)
        return TLSFacts(
            version: String(cString: SSL_get_version(session)),
            cipher: SSL_get_current_cipher(session).map { String(cString: SSL_CIPHER_get_name($0)) },
            chain: CertificateFacts.chain(chain), refusal: nil)
    }
}
