package import Foundation
package import OpsModel
package import SocketClient

/// What one TLS handshake showed, also one that was not finished.
package struct HandshakeSight: Codable, Sendable, Equatable {
    package var remoteAddress: String
    package var connectSeconds: Double
    package var seconds: Double
    package var facts: TLSFacts
    /// Why the handshake was refused; nil when it was not.
    package var failure: LookFailure?
    /// When it was, to the second: expiry counts from here.
    package var takenAt: Date

    init(
        remoteAddress: String, connectSeconds: Double, seconds: Double, facts: TLSFacts, failure: LookFailure?,
        takenAt: Date
    ) {
        (self.remoteAddress, self.connectSeconds, self.seconds) = (remoteAddress, connectSeconds, seconds)
        (self.facts, self.failure) = (facts, failure)
        self.takenAt = Date(timeIntervalSince1970: takenAt.timeIntervalSince1970.rounded(.down))
    }

    /// One handshake; a server that speaks no TLS of today is asked again for what it does speak.
    /// - Throws: what stands in the way of any handshake.
    static func take(of server: TLSServer, timeout: Duration) async throws -> HandshakeSight {
        let handshake = try await server.shakeHands(timeout: timeout)
        var facts = handshake.facts
        if case .tls = handshake.error, facts.version == nil {
            var lenient = server
            lenient.expectation.versions = .all
            facts = try await lenient.shakeHands(timeout: timeout).facts
        }
        return HandshakeSight(
            remoteAddress: handshake.remoteAddress, connectSeconds: handshake.connect.seconds,
            seconds: handshake.elapsed.seconds, facts: facts, failure: handshake.error.map { LookFailure($0) },
            takenAt: Date())
    }
}

extension HandshakeSight {
    /// What is wrong with the certificate, with its own facts: `expired on 2026-01-02: /CN=a.example, names a.example`.
    var certificateStory: String? {
        guard let refusal = facts.refusal else { return nil }
        guard let leaf = facts.chain.first else { return refusal }
        let culprit = facts.firstToExpire ?? leaf
        let names = leaf.names.isEmpty ? "no names" : "names \(leaf.names.prefix(5).joined(separator: ", "))"
        let what =
            culprit.notAfter < takenAt
            ? "expired on \(dayText(culprit.notAfter)): \(culprit.subject)\(culprit == leaf ? "" : ", above \(leaf.subject)")"
            : "\(refusal): \(leaf.subject), valid until \(dayText(leaf.notAfter))"
        return "\(what), \(names)"
    }

    /// Days until the first certificate of the chain expires.
    /// - Parameter cause: the check whose failure explains that nothing was seen; nil when none does.
    func judgeExpiry(_ sheet: inout CheckSheet, place: String, cause: String?) {
        guard let first = facts.firstToExpire else {
            if let cause { return sheet.block(["certificate_expiry"], by: cause) }
            return sheet.record(
                "certificate_expiry", .unknown, observed: failure?.message ?? "no certificate was seen",
                expected: "a certificate", reason: failure?.reason ?? .tls, phase: "tls",
                fix: "openssl s_client -connect \(place)")
        }
        let days = first.daysLeft(at: takenAt)
        let what = days < 0 ? "expired on" : "expires on"
        sheet.measure(
            "certificate_expiry", days,
            observed:
                "\(first.subject) \(what) \(dayText(first.notAfter)), \(numberText((days * 10).rounded() / 10)) d",
            reason: .certificate, phase: "tls", fix: "renew the certificate, and reload the server that holds it")
    }

    func judgeVersion(_ sheet: inout CheckSheet, place: String, cause: String?) {
        let expected = "TLSv1.2 or TLSv1.3"
        guard let version = facts.version else {
            if let cause { return sheet.block(["tls_version"], by: cause) }
            let why = failure?.message ?? "the handshake was not finished"
            return sheet.record(
                "tls_version", .unknown, observed: why, expected: expected, reason: failure?.reason ?? .tls,
                phase: "tls", fix: "openssl s_client -connect \(place)")
        }
        sheet.expect(
            "tls_version", ["TLSv1.2", "TLSv1.3"].contains(version), observed: version, expected: expected,
            reason: .policy, phase: "tls", fix: "set TLS 1.2 as the server's oldest version")
    }
}

/// `2026-01-31`, in UTC.
func dayText(_ date: Date) -> String { date.formatted(.iso8601.year().month().day()) }
