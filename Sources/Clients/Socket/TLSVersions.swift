import COpenSSL

/// The versions of TLS that a handshake offers.
package enum TLSVersions: Sendable, Equatable, CaseIterable {
    /// TLS 1.2 and later.
    case modern
    /// Also the ones that RFC 8996 forbids, to see what a server speaks; the certificate is judged less strictly.
    case all
    /// TLS 1.0 and 1.1 only, to see that they are refused; the certificate does not matter.
    case forbidden

    func configure(_ context: OpaquePointer) -> Bool {
        guard self != .modern else {
            return opsctl_SSL_CTX_set_min_proto_version(context, Int32(TLS1_2_VERSION)) == 1
        }
        // OpenSSL 3 offers no version before 1.2 above security level 0.
        SSL_CTX_set_security_level(context, 0)
        guard SSL_CTX_set_cipher_list(context, "ALL") == 1,
            opsctl_SSL_CTX_set_min_proto_version(context, Int32(TLS1_VERSION)) == 1
        else { return false }
        guard self == .forbidden else { return true }
        SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nil)
        return SSL_CTX_ctrl(context, SSL_CTRL_SET_MAX_PROTO_VERSION, Int(TLS1_1_VERSION), nil) == 1
    }

    /// Whether this machine's OpenSSL can offer them at all: what was not offered cannot be refused.
    package var canBeOffered: Bool {
        guard let context = SSL_CTX_new(TLS_client_method()) else { return false }
        defer { SSL_CTX_free(context) }
        guard configure(context), let session = SSL_new(context) else { return false }
        defer { SSL_free(session) }
        guard let ciphers = SSL_get1_supported_ciphers(session) else { return false }
        defer { OPENSSL_sk_free(ciphers) }
        return OPENSSL_sk_num(ciphers) > 0
    }
}
