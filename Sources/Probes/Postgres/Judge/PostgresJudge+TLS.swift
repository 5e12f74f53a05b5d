import Foundation
import OpsModel
import PostgresClient
import SocketClient

extension PostgresJudge {
    func judgeTLS(_ sheet: inout CheckSheet) {
        judgeProtection(&sheet)
        judgeVersion(&sheet)
        judgeExpiry(&sheet)
    }

    private func judgeProtection(_ sheet: inout CheckSheet) {
        let expected = "TLS \(expectation.protection.rawValue)"
        if let failure = snapshot.session.failure {
            guard failure.phase == "tls", failure.isVerdict else {
                // Servers without TLS, or ones that refuse the role, were not asked for more.
                return
            }
            let isCertificate = snapshot.tls?.refusal != nil
            return sheet.record(
                "tls", .fail, observed: refusal ?? failure.message, expected: expected,
                reason: isCertificate ? .certificate : .tls, phase: "tls",
                fix: isCertificate ? certificateFix : "ssl = on in postgresql.conf, or sslmode=disable in the URL")
        }
        let version = snapshot.tls?.version
        let isProtected =
            switch expectation.protection {
            case .off: true
            case .required: version != nil
            case .verified: version != nil && url.tlsMode.verifiesServer
            }
        sheet.expect(
            "tls", isProtected, observed: "\(version ?? "no TLS"), sslmode=\(url.tlsMode.rawValue)",
            expected: expected, reason: .tls, phase: "tls",
            fix: "use sslmode=verify-full and sslrootcert in the URL; ssl=on in postgresql.conf")
    }

    /// What is wrong with which certificate.
    private var refusal: String? {
        guard let facts = snapshot.tls, let why = facts.refusal else { return nil }
        let expired = facts.chain.first { $0.notAfter <= snapshot.takenAt }
        guard let certificate = expired ?? facts.chain.first else { return why }
        let names = certificate.names.isEmpty ? "" : ", for \(certificate.names.joined(separator: ", "))"
        return "\(why): \(certificate.subject)\(names), issued by \(certificate.issuer), valid until "
            + rfc3339(certificate.notAfter)
    }

    private var certificateFix: String {
        if let first = snapshot.tls?.firstToExpire, first.notAfter <= snapshot.takenAt {
            return "renew the certificate \(first.subject) in ssl_cert_file, then SELECT pg_reload_conf()"
        }
        return "name the CA that issued it as sslrootcert, or connect by a name that it carries"
    }

    private func judgeVersion(_ sheet: inout CheckSheet) {
        guard snapshot.session.facts != nil else { return }
        guard let version = snapshot.tls?.version else {
            return sheet.skip("tls_version", because: "the session has no TLS")
        }
        sheet.expect(
            "tls_version", ["TLSv1.2", "TLSv1.3"].contains(version), observed: version,
            expected: "TLSv1.2 or newer", reason: .policy, phase: "tls",
            fix: "ALTER SYSTEM SET ssl_min_protocol_version = 'TLSv1.2'; SELECT pg_reload_conf()")
    }

    /// Also of a handshake that was refused: expired is not the same as down.
    private func judgeExpiry(_ sheet: inout CheckSheet) {
        guard let tls = snapshot.tls, let first = tls.firstToExpire else {
            guard snapshot.session.facts != nil else { return }
            return sheet.skip("certificate_expiry", because: "the session has no TLS")
        }
        let days = first.daysLeft(at: snapshot.takenAt)
        sheet.measure(
            "certificate_expiry", days,
            observed: "\(numberText((days * 10).rounded() / 10)) d: \(first.subject) until \(rfc3339(first.notAfter))",
            reason: .certificate, phase: "tls",
            fix: "renew the certificate \(first.subject), then SELECT pg_reload_conf()")
    }

    func judgePlaintext(_ sheet: inout CheckSheet) {
        let expected = "refused with SQLSTATE 28000"
        let fix =
            "write only hostssl lines, and `hostnossl all all all reject`, in pg_hba.conf; then SELECT pg_reload_conf()"
        switch snapshot.plaintext {
        case .notLooked: sheet.skip("plaintext_refused", because: "not asked for")
        case .seen(let answer):
            sheet.expect(
                "plaintext_refused", answer == .refused, observed: answer.rawValue, expected: expected,
                reason: .accepted, phase: "connect", fix: fix)
        case .failed(let failure):
            sheet.record(
                "plaintext_refused", .unknown, observed: failure.message, expected: expected, reason: failure.reason,
                phase: failure.phase, fix: "probe again; the server did not give the refusal that would prove it")
        }
    }
}
