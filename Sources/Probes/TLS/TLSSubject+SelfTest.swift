import Foundation
import OpsModel
import SocketClient

extension HandshakeSight {
    /// A good handshake at a fixed time, for self-tests.
    static func healthy(names: [String]) -> HandshakeSight {
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        func certificate(_ subject: String, by issuer: String, days: Double, _ names: [String]) -> CertificateFacts {
            CertificateFacts(
                subject: subject, issuer: issuer, notBefore: now - 86_400, notAfter: now + days * 86_400, names: names,
                fingerprint: "00")
        }
        return HandshakeSight(
            remoteAddress: "192.0.2.1", connectSeconds: 0.001, seconds: 0.01,
            facts: TLSFacts(
                version: "TLSv1.3", cipher: "TLS_AES_256_GCM_SHA384",
                chain: [
                    certificate("/CN=app.example", by: "/CN=intermediate", days: 60, names),
                    certificate("/CN=intermediate", by: "/CN=root", days: 900, []),
                ], refusal: nil),
            failure: nil, takenAt: now)
    }

    /// What a handshake looks like whose leaf has expired.
    mutating func expire() {
        facts.chain[0].notAfter = takenAt - 86_400
        (facts.version, facts.refusal) = (nil, "certificate has expired")
        failure = LookFailure(reason: .certificate, phase: "tls", message: "certificate has expired")
    }
}

extension Observation {
    /// Changes the facts that were seen.
    mutating func alter(_ body: (inout Facts) -> Void) {
        guard case .seen(var facts) = self else { return }
        body(&facts)
        self = .seen(facts)
    }
}

extension TLSSubject {
    package static var selfTest: SelfTest<TLSSubject> {
        SelfTest(
            expectation: TLSProbeExpectation(host: "app.example", port: 443),
            healthy: TLSProbeSnapshot(
                handshake: .seen(.healthy(names: ["app.example"])), forbidden: .seen(.refused)),
            flaws: [
                .init("connect", "a closed port") { snapshot, _ in
                    snapshot.handshake = .failed(LookFailure(reason: .refused, phase: "connect", message: "refused"))
                },
                .init("connect", "no answer in time", gives: .unknown) { snapshot, _ in
                    snapshot.handshake = .failed(LookFailure(reason: .timeout, phase: "connect", message: "no answer"))
                },
                .init("handshake", "an expired certificate") { snapshot, _ in snapshot.handshake.alter { $0.expire() }
                },
                .init("certificate_expiry", "an expired certificate") { snapshot, _ in
                    snapshot.handshake.alter { $0.expire() }
                },
                .init("certificate_expiry", "an intermediate with 10 days", gives: .warn) { snapshot, _ in
                    snapshot.handshake.alter { $0.facts.chain[1].notAfter = $0.takenAt + 10 * 86_400 }
                },
                .init("tls_version", "TLS 1.1") { snapshot, _ in
                    snapshot.handshake.alter { $0.facts.version = "TLSv1.1" }
                },
                .init("names", "a certificate for another name") { snapshot, _ in
                    snapshot.handshake.alter { $0.facts.chain[0].names = ["other.example"] }
                },
                .init("self_signed", "a certificate that signs itself") { snapshot, _ in
                    snapshot.handshake.alter { $0.facts.chain[0].issuer = $0.facts.chain[0].subject }
                },
                .init("old_versions_refused", "a server that speaks TLS 1.0") { snapshot, _ in
                    snapshot.forbidden = .seen(.accepted)
                },
                .init("old_versions_refused", "a client that cannot offer it", gives: .unknown) { snapshot, _ in
                    snapshot.forbidden = .seen(.cannotOffer)
                },
            ])
    }
}
