package import Blocking
import COpenSSL
import Glibc

/// What a client asks of the server's certificate.
package struct TLSExpectation: Sendable, Equatable {
    /// PEM file with the trusted roots; nil means the system's.
    package var authorityFile: String?
    /// Name or address that the certificate must carry.
    package var serverName: String
    package var versions: TLSVersions

    package init(authorityFile: String?, serverName: String, versions: TLSVersions = .modern) {
        (self.authorityFile, self.serverName, self.versions) = (authorityFile, serverName, versions)
    }
}

/// A verified TLS client connection over a `TCPStream`.
package final class TLSStream: ByteStream {
    private let transport: TCPStream
    private let context: OpaquePointer
    private let session: OpaquePointer
    private let seen: SeenChain

    /// Performs the handshake and verifies chain and name; TLS 1.2 is the oldest version spoken unless others are asked for.
    /// - Parameter report: takes the facts of the handshake, also of one that fails over the certificate.
    package init(
        over transport: TCPStream, expecting expectation: TLSExpectation, _ waiter: Waiter,
        report: (TLSFacts) -> Void = { _ in }
    ) throws {
        let endpoint = transport.endpoint
        guard let context = SSL_CTX_new(TLS_client_method()) else {
            throw SocketError.tls(endpoint: endpoint, why: lastTLSError())
        }
        guard Self.configure(context, expectation), let session = SSL_new(context) else {
            let why = lastTLSError()
            SSL_CTX_free(context)
            throw SocketError.tls(endpoint: endpoint, why: why)
        }
        (self.transport, self.context, self.session, seen) = (transport, context, session, SeenChain())
        // Sound: OpenSSL calls back only inside SSL_connect, while `self` and with it `seen` is alive.
        SSL_CTX_set_cert_verify_callback(
            context,
            { store, argument in
                let seen = Unmanaged<SeenChain>.fromOpaque(argument!).takeUnretainedValue()
                let result = X509_verify_cert(store)
                seen.chain = CertificateFacts.chain(store.flatMap { opsctl_store_chain($0) })
                return result
            }, Unmanaged.passUnretained(seen).toOpaque())
        guard expect(name: expectation.serverName) else {
            throw SocketError.tls(endpoint: endpoint, why: "`\(expectation.serverName)` is no name to verify")
        }
        SSL_set_fd(session, transport.descriptor)
        defer { report(facts) }
        try step("tls", waiter) { SSL_connect(session) }
        transport.noteHandshake()
    }

    /// What is known of the handshake so far.
    package var facts: TLSFacts {
        let isDone = SSL_is_init_finished(session) == 1
        let verification = SSL_get_verify_result(session)
        return TLSFacts(
            version: isDone ? version : nil,
            cipher: isDone ? SSL_get_current_cipher(session).map { String(cString: SSL_CIPHER_get_name($0)) } : nil,
            chain: seen.chain,
            refusal: verification == Int(X509_V_OK)
                ? nil : String(cString: X509_verify_cert_error_string(verification)))
    }

    deinit {
        SSL_free(session)
        SSL_CTX_free(context)
    }

    private static func configure(_ context: OpaquePointer, _ expectation: TLSExpectation) -> Bool {
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        guard expectation.versions.configure(context) else { return false }
        return switch expectation.authorityFile {
        case .some(let file): SSL_CTX_load_verify_locations(context, file, nil) == 1
        case .none: SystemRoots.shared.use(in: context)
        }
    }

    /// - Returns: false when the name could not be set: it would not be verified then.
    private func expect(name: String) -> Bool {
        var four = in_addr()
        var six = in6_addr()
        return if inet_pton(AF_INET, name, &four) == 1 || inet_pton(AF_INET6, name, &six) == 1 {
            X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), name) == 1
        } else {
            opsctl_SSL_set_tlsext_host_name(session, name) == 1 && SSL_set1_host(session, name) == 1
        }
    }

    /// Protocol version as OpenSSL names it, for example `TLSv1.3`.
    package var version: String { String(cString: SSL_get_version(session)) }

    package func read(into buffer: UnsafeMutableRawBufferPointer, _ waiter: Waiter) throws -> Int {
        var count = 0
        transport.noteRoundTrip()
        do {
            try step("read", waiter) { SSL_read_ex(session, buffer.baseAddress, buffer.count, &count) }
        } catch SocketError.closedByPeer {
            return 0
        }
        return count
    }

    package func write(_ bytes: UnsafeRawBufferPointer, _ waiter: Waiter) throws {
        guard !bytes.isEmpty else { return }
        var count = 0
        try step("write", waiter) { SSL_write_ex(session, bytes.baseAddress, bytes.count, &count) }
    }

    private func step(_ phase: String, _ waiter: Waiter, _ body: () -> Int32) throws {
        while true {
            ERR_clear_error()
            errno = 0
            let result = body()
            if result > 0 { return }
            let code = errno
            switch SSL_get_error(session, result) {
            case SSL_ERROR_WANT_READ:
                transport.noteRoundTrip()
                try waiter.wait(transport.descriptor, for: POLLIN, phase: phase)
            case SSL_ERROR_WANT_WRITE: try waiter.wait(transport.descriptor, for: POLLOUT, phase: phase)
            case SSL_ERROR_ZERO_RETURN: throw SocketError.closedByPeer(endpoint: transport.endpoint, phase: phase)
            case SSL_ERROR_SYSCALL: throw broken(code, phase: phase)
            default: throw refusal()
            }
        }
    }

    private func broken(_ code: Int32, phase: String) -> SocketError {
        code == 0 || code == ECONNRESET
            ? .closedByPeer(endpoint: transport.endpoint, phase: phase)
            : .failed(endpoint: transport.endpoint, phase: phase, errno: code)
    }

    private func refusal() -> SocketError {
        let verification = SSL_get_verify_result(session)
        if verification == Int(X509_V_OK) { return .tls(endpoint: transport.endpoint, why: lastTLSError()) }
        return .certificate(
            endpoint: transport.endpoint, why: String(cString: X509_verify_cert_error_string(verification)))
    }
}

/// What the verification callback saw.
private final class SeenChain {
    var chain: [CertificateFacts] = []
}

private func lastTLSError() -> String {
    let code = ERR_get_error()
    guard code != 0 else { return "no detail from OpenSSL" }
    var buffer = [CChar](repeating: 0, count: 256)
    ERR_error_string_n(code, &buffer, buffer.count)
    return buffer.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }  // sound: 256 bytes, zero-terminated
}
