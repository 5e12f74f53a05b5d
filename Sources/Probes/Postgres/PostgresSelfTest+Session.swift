import Foundation
import OpsModel
import PostgresClient
import SocketClient

private typealias Flaw = SelfTest<PostgresSubject>.Flaw

extension PostgresSnapshot {
    fileprivate mutating func lose(_ failure: LookFailure) { session = .failed(failure) }
}

extension PostgresSubject {
    static var sessionFlaws: [SelfTest<PostgresSubject>.Flaw] {
        [
            Flaw("connect", "nobody listens") { snapshot, _ in
                snapshot.lose(LookFailure(reason: .refused, phase: "connect", message: "connection refused"))
            },
            Flaw("connect", "no answer in time", gives: .unknown) { snapshot, _ in
                snapshot.lose(LookFailure(reason: .timeout, phase: "connect", message: "deadline"))
            },
            Flaw("authenticate", "a wrong password") { snapshot, _ in
                snapshot.lose(
                    LookFailure(reason: .authentication, phase: "authenticate", message: "no", code: "28P01"))
            },
            Flaw("tls", "an expired certificate") { snapshot, _ in
                snapshot.lose(LookFailure(reason: .certificate, phase: "tls", message: "verify failed"))
                snapshot.tls?.refusal = "certificate has expired"
            },
            Flaw("tls", "a session in the clear") { snapshot, _ in snapshot.tls = nil },
            Flaw("tls", "an unverified server") { _, expectation in expectation.url.tlsMode = .require },
            Flaw("role", "a demoted primary") { snapshot, _ in
                guard var session = snapshot.session.facts else { return }
                session.isReplica = true
                snapshot.session = .seen(session)
            },
            Flaw("writable", "sessions are read-only") { snapshot, _ in
                guard var session = snapshot.session.facts else { return }
                session.isWritableByDefault = false
                snapshot.session = .seen(session)
            },
            Flaw("tls_version", "TLS 1.1") { snapshot, _ in snapshot.tls?.version = "TLSv1.1" },
            Flaw("certificate_expiry", "ten days left", gives: .warn) { snapshot, _ in
                snapshot.takenAt += 86_400 * 90
            },
            Flaw("certificate_expiry", "the authority has expired") { snapshot, _ in
                snapshot.tls?.chain[1].notAfter = snapshot.takenAt - 1
            },
            Flaw("plaintext_refused", "plaintext is taken") { snapshot, _ in snapshot.plaintext = .seen(.accepted) },
        ]
    }

    static var canaryFlaws: [SelfTest<PostgresSubject>.Flaw] {
        [
            Flaw("write_canary", "the row is not read back") { snapshot, _ in
                snapshot.canary = .seen(.init(wasReadBack: false, wasRemoved: true, elapsedMilliseconds: 1))
            },
            Flaw("write_canary", "a read-only server") { snapshot, _ in
                snapshot.canary = .failed(LookFailure(reason: .readOnly, phase: "query", message: "read-only"))
            },
            Flaw("write_canary", "a full disk") { snapshot, _ in
                snapshot.canary = .failed(
                    LookFailure(reason: .limit, phase: "query", message: "disk full", code: "53100"))
            },
            Flaw("write_canary", "no answer in time", gives: .unknown) { snapshot, _ in
                snapshot.canary = .failed(LookFailure(reason: .timeout, phase: "query", message: "deadline"))
            },
            Flaw("canary_on_replica", "the row does not arrive") { snapshot, _ in
                snapshot.replicaCanary = .seen(.init(seenAfterMilliseconds: nil, waitedMilliseconds: 10_000))
            },
        ]
    }
}
