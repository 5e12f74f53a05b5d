import Foundation
import OpsModel

extension HTTPSnapshot {
    /// Judged apart from the answer: a certificate that is refused has facts all the same.
    func judgeTLS(_ expectation: HTTPExpectation, _ sheet: inout CheckSheet) {
        guard expectation.place.hasPrefix("https:") else {
            for check in ["certificate_expiry", "tls_version"] { sheet.skip(check, because: "the URL is not https") }
            return
        }
        if let sight = handshake.facts {
            let cause = answer.facts == nil ? "connect" : nil
            sight.judgeExpiry(&sheet, place: expectation.place, cause: cause)
            sight.judgeVersion(&sheet, place: expectation.place, cause: cause)
        } else if let failure = handshake.failure, answer.facts != nil {
            for check in ["certificate_expiry", "tls_version"] {
                sheet.record(
                    check, failure, expected: "a handshake", fix: "openssl s_client -connect \(expectation.place)")
            }
        }
    }

    func judgePlaintext(_ expectation: HTTPExpectation, _ sheet: inout CheckSheet) {
        let check = "plaintext_redirect"
        guard let port = expectation.plaintextPort else { return sheet.skip(check, because: "not asked for") }
        let expected = "a redirect to https, or a refusal"
        let fix = "redirect every request on port \(port) to https, or close the port"
        switch plaintext {
        case .seen(let answer):
            let isRedirect =
                [301, 302, 307, 308].contains(answer.status)
                && answer.location?.lowercased().hasPrefix("https://") == true
            sheet.expect(
                check, isRedirect, observed: "\(answer.status) \(answer.location ?? "without a location")",
                expected: expected, reason: .accepted, phase: "first_byte", fix: fix)
        case .failed(let failure) where isClosed(.failed(failure)):
            sheet.record(check, .pass, observed: failure.message, expected: expected, phase: "connect")
        case .failed(let failure):
            sheet.record(
                check, .unknown, observed: failure.message, expected: expected, reason: failure.reason,
                phase: failure.phase,
                fix: "curl -i http://\(URLComponents(string: expectation.place)?.host ?? "HOST"):\(port)/")
        case .notLooked: sheet.block([check], by: "connect")
        }
    }

    func judgeHSTS(_ answer: HTTPAnswer, _ expectation: HTTPExpectation, _ sheet: inout CheckSheet) {
        guard expectation.wantsHSTS else { return sheet.skip("hsts", because: "not asked for") }
        let fix = "send Strict-Transport-Security: max-age=31536000; includeSubDomains"
        let header = answer.headers["strict-transport-security"]
        let age = header?.lowercased().split(whereSeparator: { $0 == ";" || $0 == "," || $0 == " " })
            .first { $0.hasPrefix("max-age=") }.flatMap { Double($0.dropFirst(8).replacing("\"", with: "")) }
        guard let age else {
            return sheet.record(
                "hsts", .fail, observed: header ?? "no Strict-Transport-Security", expected: "a max-age",
                reason: .policy, phase: "first_byte", fix: fix)
        }
        sheet.measure("hsts", age / 86_400, reason: .policy, phase: "first_byte", fix: fix)
    }

    /// Every address on its own: one dead backend of three hides behind the other two.
    func judgeAddresses(_ expectation: HTTPExpectation, _ sheet: inout CheckSheet) {
        guard !addresses.isEmpty else {
            return answer.facts == nil
                ? sheet.block(["addresses"], by: "connect")
                : sheet.skip("addresses", because: "only a GET is sent to every address")
        }
        let statuses = expectation.answer.statuses
        let lines = addresses.map { sight in
            "\(sight.address): \(sight.status.facts.map(String.init) ?? sight.status.failure?.message ?? "not looked at")"
        }
        let good = addresses.filter { sight in sight.status.facts.map { isGood($0, statuses, expectation) } ?? false }
        let bad = addresses.filter { sight in !good.contains(sight) }
        let isEnough = expectation.addresses == .all ? bad.isEmpty : !good.isEmpty
        let isCertain = expectation.addresses == .any && isEnough || !bad.contains { !$0.isVerdict }
        let firm = bad.first { $0.isVerdict } ?? bad.first
        let isFailure = expectation.addresses == .all ? bad.contains { $0.isVerdict } : isCertain
        sheet.record(
            "addresses", isEnough ? .pass : isFailure ? .fail : .unknown, observed: lines.joined(separator: ", "),
            expected: "\(statuses.text) from \(expectation.addresses == .all ? "every address" : "any address")",
            reason: firm.map { $0.status.failure?.reason ?? .status }, phase: "connect",
            fix: firm.map { "take \($0.address) out of the name, or mend it" })
    }

    /// A redirect that the main request follows is as good as the status behind it.
    private func isGood(_ status: Int, _ statuses: StatusSet, _ expectation: HTTPExpectation) -> Bool {
        statuses.contains(status) || (expectation.follows > 0 && (300...399).contains(status))
    }
}

extension HTTPSnapshot.AddressSight {
    /// Whether it says something, rather than that one could not look.
    fileprivate var isVerdict: Bool { status.facts != nil || status.failure?.isVerdict == true }
}
