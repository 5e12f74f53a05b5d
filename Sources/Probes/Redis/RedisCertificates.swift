import Foundation
import OpsModel
import SocketClient

extension CheckSheet {
    /// Judges `certificate_expiry` by the certificate of the chain that expires first, also when the handshake was refused.
    mutating func judgeCertificates(_ handshake: TLSFacts?, usesTLS: Bool, at time: Date) {
        let name = "certificate_expiry"
        guard usesTLS else { return skip(name, because: "no TLS here") }
        guard let certificate = handshake?.firstToExpire else { return block([name], by: "connect") }
        let days = certificate.daysLeft(at: time)
        measure(
            name, days.rounded(.down), observed: certificate.lifeText(at: time), reason: .certificate, phase: "tls",
            fix: "renew the certificate of \(certificate.subject), then reload the server")
    }
}

extension CertificateFacts {
    /// `90 days: /CN=localhost until 2027-02-20`.
    func lifeText(at time: Date) -> String {
        let days = daysLeft(at: time)
        let date = rfc3339(notAfter).prefix(10)
        return days < 0 ? "\(subject) expired on \(date)" : "\(Int(days)) days: \(subject) until \(date)"
    }
}

extension TLSFacts {
    /// Why the handshake was refused, with the certificate that is to blame where its dates say so.
    func refusalText(at time: Date) -> String? {
        guard let refusal else { return nil }
        guard let certificate = chain.first(where: { $0.notAfter < time }) else { return refusal }
        return "\(refusal): \(certificate.lifeText(at: time))"
    }
}
