import Foundation
import OpsModel
import PostgresClient
import SocketClient

/// How a session came about, or did not: the checks that every server of this protocol has.
struct PostgresEntrance {
    let url: PostgresURL
    let protection: PostgresExpectation.Protection
    /// Why there is no session; nil when there is one.
    let failure: LookFailure?
    /// Who answered, to whom.
    let greeting: String?
    let tls: TLSFacts?
    let takenAt: Date

    func judge(_ sheet: inout CheckSheet) {
        judgeSession(&sheet)
        judgeProtection(&sheet)
        judgeVersion(&sheet)
        judgeExpiry(&sheet)
    }

    /// The check whose failure explains that there is no session.
    var blocker: String {
        switch failure?.phase {
        case "authenticate", "query": "authenticate"
        case "tls" where failure?.isVerdict == true: "tls"
        default: "connect"
        }
    }

    private func judgeSession(_ sheet: inout CheckSheet) {
        let answers = "an answer of \(url.endpoint)"
        guard let failure else {
            sheet.record("connect", .pass, observed: url.endpoint, expected: answers, phase: "connect")
            return sheet.record(
                "authenticate", .pass,
                observed: greeting ?? "a session", expected: "role \(url.user)", phase: "authenticate")
        }
        switch blocker {
        case "authenticate":
            sheet.record("connect", .pass, observed: "the server answers", expected: answers, phase: "connect")
            sheet.record("authenticate", failure, expected: "role \(url.user)", fix: fix(failure))
        case "tls":
            sheet.record("connect", .pass, observed: "the server answers", expected: answers, phase: "connect")
            sheet.block(["authenticate"], by: "tls")
        default:
            sheet.record("connect", failure, expected: answers, fix: fix(failure))
            sheet.block(["authenticate"], by: "connect")
        }
    }

    private func fix(_ failure: LookFailure) -> String {
        switch failure.reason {
        case .authentication where failure.code == "28000":
            "allow it in pg_hba.conf: hostssl \(url.database) \(url.user) <address> scram-sha-256"
        case .authentication: "ALTER ROLE \(quotedIdentifier(url.user)) PASSWORD '…'; or correct the URL's password"
        case .missingDatabase: "CREATE DATABASE \(quotedIdentifier(url.database)); or correct the URL"
        case .tooManyConnections:
            "close idle sessions: opsctl probe explain connections; or raise max_connections or the role's CONNECTION LIMIT"
        case .authorization:
            "GRANT CONNECT ON DATABASE \(quotedIdentifier(url.database)) TO \(quotedIdentifier(url.user))"
        case .proto where failure.message.contains("startup parameter"):
            "it is a pgbouncer: probe it as pgbouncer:, or set ignore_startup_parameters = options"
        case .dns, .timeout, .configuration, .notReady, .cancelled:
            failure.connectionFix(to: url.endpoint) ?? "see the server's log"
        default: "start the server, or correct host and port: pg_isready -h \(url.host) -p \(url.port)"
        }
    }
    private func judgeProtection(_ sheet: inout CheckSheet) {
        let expected = "TLS \(protection.rawValue)"
        if let failure {
            guard failure.phase == "tls", failure.isVerdict else {
                // Servers without TLS, or ones that refuse the role, were not asked for more.
                return
            }
            let isCertificate = tls?.refusal != nil
            return sheet.record(
                "tls", .fail, observed: refusal ?? failure.message, expected: expected,
                reason: isCertificate ? .certificate : .tls, phase: "tls",
                fix: isCertificate ? certificateFix : "ssl = on in postgresql.conf, or sslmode=disable in the URL")
        }
        let version = tls?.version
        let isProtected =
            switch protection {
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
        guard let facts = tls, let why = facts.refusal else { return nil }
        let expired = facts.chain.first { $0.notAfter <= takenAt }
        guard let certificate = expired ?? facts.chain.first else { return why }
        let names = certificate.names.isEmpty ? "" : ", for \(certificate.names.joined(separator: ", "))"
        return "\(why): \(certificate.subject)\(names), issued by \(certificate.issuer), valid until "
            + rfc3339(certificate.notAfter)
    }

    private var certificateFix: String {
        if let first = tls?.firstToExpire, first.notAfter <= takenAt {
            return "renew the certificate \(first.subject) in ssl_cert_file, then SELECT pg_reload_conf()"
        }
        return "name the CA that issued it as sslrootcert, or connect by a name that it carries"
    }

    private func judgeVersion(_ sheet: inout CheckSheet) {
        guard failure == nil else { return }
        guard let version = tls?.version else {
            return sheet.skip("tls_version", because: "the session has no TLS")
        }
        sheet.expect(
            "tls_version", ["TLSv1.2", "TLSv1.3"].contains(version), observed: version,
            expected: "TLSv1.2 or newer", reason: .policy, phase: "tls",
            fix: "ALTER SYSTEM SET ssl_min_protocol_version = 'TLSv1.2'; SELECT pg_reload_conf()")
    }

    /// Also of a handshake that was refused: expired is not the same as down.
    private func judgeExpiry(_ sheet: inout CheckSheet) {
        guard let tls, let first = tls.firstToExpire else {
            guard failure == nil else { return }
            return sheet.skip("certificate_expiry", because: "the session has no TLS")
        }
        let days = first.daysLeft(at: takenAt)
        sheet.measure(
            "certificate_expiry", days,
            observed: "\(numberText((days * 10).rounded() / 10)) d: \(first.subject) until \(rfc3339(first.notAfter))",
            reason: .certificate, phase: "tls",
            fix: "renew the certificate \(first.subject), then SELECT pg_reload_conf()")
    }
}
