import OpsModel
import SocketClient

extension TLSProbeSnapshot {
    /// Turns a snapshot into results; pure.
    func judge(_ expectation: TLSProbeExpectation, _ sheet: inout CheckSheet) {
        guard let sight = handshake.facts else {
            let failure =
                handshake.failure ?? LookFailure(reason: .internalError, phase: "look", message: "not looked at")
            // A timeout of the handshake is no failure to connect.
            let check = failure.phase == "tls" || failure.phase == "read" ? "handshake" : "connect"
            if check == "handshake" {
                sheet.record("connect", .pass, observed: expectation.place, expected: "a connection", phase: "connect")
            }
            sheet.record(
                check, failure, expected: "a \(check == "connect" ? "connection" : "handshake")",
                fix: failure.connectionFix(to: expectation.place) ?? "see the server's log")
            return sheet.blockRest(by: check)
        }
        sheet.record("connect", .pass, observed: sight.remoteAddress, expected: "a connection", phase: "connect")
        judgeHandshake(sight, expectation, &sheet)
        let cause = sight.failure == nil ? nil : "handshake"
        sight.judgeExpiry(&sheet, place: expectation.place, cause: cause)
        sight.judgeVersion(&sheet, place: expectation.place, cause: cause)
        judgeLeaf(sight, expectation, &sheet)
        judgeForbidden(sight, expectation, &sheet)
    }

    private func judgeHandshake(
        _ sight: HandshakeSight, _ expectation: TLSProbeExpectation, _ sheet: inout CheckSheet
    ) {
        let expected = "a certificate for \(expectation.serverName), verified"
        guard let failure = sight.failure else {
            return sheet.record(
                "handshake", .pass, observed: "\(sight.facts.version ?? "TLS"), \(sight.facts.cipher ?? "no cipher")",
                expected: expected, phase: "tls")
        }
        let shown = LookFailure(
            reason: failure.reason, phase: failure.phase, message: sight.certificateStory ?? failure.message)
        sheet.record(
            "handshake", shown, expected: expected,
            fix: failure.connectionFix(to: expectation.place)
                ?? "openssl s_client -showcerts -connect \(expectation.place)")
    }

    private func judgeLeaf(_ sight: HandshakeSight, _ expectation: TLSProbeExpectation, _ sheet: inout CheckSheet) {
        guard let leaf = sight.facts.chain.first else { return sheet.block(["names", "self_signed"], by: "handshake") }
        let wanted = ([expectation.serverName] + expectation.names).filter { !isAddress($0) }
        let missing = wanted.filter { !covers(leaf.names, $0) }
        if wanted.isEmpty {
            sheet.skip("names", because: "an address is asked for, which the handshake verifies")
        } else {
            let carried = leaf.names.isEmpty ? "no names" : leaf.names.joined(separator: ", ")
            sheet.expect(
                "names", missing.isEmpty, observed: carried, expected: wanted.joined(separator: ", "),
                reason: .certificate, phase: "tls",
                fix: "issue the certificate for \(missing.joined(separator: ", ")) too")
        }
        let isSelfSigned = leaf.subject == leaf.issuer
        sheet.expect(
            "self_signed", !isSelfSigned || expectation.mayBeSelfSigned,
            observed: isSelfSigned ? "signed by itself: \(leaf.subject)" : "signed by \(leaf.issuer)",
            expected: expectation.mayBeSelfSigned ? "any issuer" : "another issuer", reason: .certificate,
            phase: "tls", fix: "install a certificate of an authority that the clients trust")
    }

    private func judgeForbidden(
        _ sight: HandshakeSight, _ expectation: TLSProbeExpectation, _ sheet: inout CheckSheet
    ) {
        let check = "old_versions_refused"
        // Where no TLS is spoken at all, a refusal of an old version says nothing.
        guard !sight.facts.chain.isEmpty else { return sheet.block([check], by: "handshake") }
        let expected = "TLS 1.0 and 1.1 refused"
        switch forbidden {
        case .seen(.refused): sheet.record(check, .pass, observed: "refused", expected: expected, phase: "tls")
        case .seen(.accepted):
            sheet.record(
                check, .fail, observed: "TLS 1.0 or 1.1 is spoken", expected: expected, reason: .accepted,
                phase: "tls", fix: "set TLS 1.2 as the server's oldest version")
        case .seen(.cannotOffer):
            sheet.record(
                check, .unknown, observed: "this machine's OpenSSL cannot offer them", expected: expected,
                reason: .tool, phase: "tls", fix: "probe from a machine whose OpenSSL has TLS 1.0")
        case .failed(let failure):
            sheet.record(
                check, .unknown, observed: failure.message, expected: expected, reason: failure.reason,
                phase: failure.phase, fix: "openssl s_client -tls1_1 -connect \(expectation.place)")
        case .notLooked: sheet.block([check], by: "handshake")
        }
    }
}

/// Whether one of the names of a certificate stands for `name`; `*` stands for exactly one label (RFC 6125).
func covers(_ names: [String], _ name: String) -> Bool {
    let wanted = name.lowercased().split(separator: ".")
    return names.contains { candidate in
        let labels = candidate.lowercased().split(separator: ".")
        guard labels.count == wanted.count else { return false }
        return labels.first == "*" ? labels.dropFirst() == wanted.dropFirst() : labels == wanted
    }
}
