import OpsModel
import RedisClient

extension RedisSnapshot {
    /// Turns a snapshot into results; pure.
    func judge(_ expectation: RedisExpectation, _ sheet: inout CheckSheet) {
        guard let link = link.facts else {
            let failure =
                self.link.failure ?? LookFailure(reason: .internalError, phase: "look", message: "not looked at")
            sheet.record(
                "connect", failure, expected: "a connection to \(expectation.url.endpoint)",
                fix: failure.connectionFix(to: expectation.url.endpoint) ?? "see the server's log")
            return sheet.blockRest(by: "connect")
        }
        sheet.record("connect", .pass, observed: expectation.url.endpoint, expected: "a connection", phase: "connect")
        judge(link, expectation, &sheet)
        judgeFlight(expectation, &sheet)
        judgeRefusals(&sheet)
    }

    private func judge(_ link: Link, _ expectation: RedisExpectation, _ sheet: inout CheckSheet) {
        let days = link.certificateDaysLeft.map { ", certificate valid for \($0) days" } ?? ""
        sheet.expect(
            "tls", link.tls != nil || !expectation.url.usesTLS, observed: (link.tls ?? "no TLS") + days,
            expected: expectation.url.usesTLS ? "TLS" : "no TLS asked for", reason: .tls, phase: "tls",
            fix: "use a rediss:// URL")
    }

    private func judgeFlight(_ expectation: RedisExpectation, _ sheet: inout CheckSheet) {
        let dependent = ["ping", "role", "eviction_policy", "write_canary"]
        let user = expectation.url.user ?? "default"
        guard let flight = flight.facts else {
            let failure =
                self.flight.failure ?? LookFailure(reason: .internalError, phase: "look", message: "not looked at")
            sheet.record(
                "authenticate", failure, expected: "user \(user)",
                fix: failure.connectionFix(to: expectation.url.endpoint) ?? "see the server's log")
            return sheet.block(dependent, by: "authenticate")
        }
        if let error = flight.authentication.error {
            sheet.record(
                "authenticate", .fail, observed: error, expected: "user \(user)",
                reason: LookFailure.reason(redisReply: error),
                phase: "authenticate", fix: "correct user and password of the URL; ACL GETUSER \(user)")
            return sheet.block(dependent, by: "authenticate")
        }
        sheet.record("authenticate", .pass, observed: "user \(user)", expected: "user \(user)", phase: "authenticate")
        sheet.expect(
            "ping", flight.ping.text == "PONG", observed: flight.ping.text ?? flight.ping.error ?? "nothing",
            expected: "PONG",
            reason: flight.ping.error.map(LookFailure.reason(redisReply:)) ?? .mismatch, phase: "command",
            fix: "wait until the server has loaded its data")
        judgeInfo(flight, expectation, &sheet)
        judgeCanary(flight, expectation, &sheet)
    }

    private func judgeInfo(_ flight: Flight, _ expectation: RedisExpectation, _ sheet: inout CheckSheet) {
        guard let info = flight.info else {
            for name in ["role", "eviction_policy"] {
                sheet.record(
                    name, .unknown, observed: flight.infoError ?? "no answer", expected: "INFO",
                    reason: flight.infoError.map(LookFailure.reason(redisReply:)) ?? .proto, phase: "command",
                    fix: "ACL SETUSER \(expectation.url.user ?? "default") +info")
            }
            return
        }
        let role = info["role"] == "slave" ? "replica" : info["role"] ?? "not in INFO"
        sheet.expect(
            "role", role == expectation.role.rawValue, observed: role, expected: expectation.role.rawValue,
            reason: .role,
            phase: "command", fix: "point the URL at the \(expectation.role.rawValue)")
        guard let wanted = expectation.eviction else { return sheet.skip("eviction_policy", because: "not asked for") }
        guard let policy = info["maxmemory_policy"] else {
            return sheet.record(
                "eviction_policy", .unknown, observed: "not in INFO", expected: wanted, reason: .proto,
                phase: "command",
                fix: "CONFIG GET maxmemory-policy")
        }
        sheet.expect(
            "eviction_policy", policy == wanted, observed: policy, expected: wanted, reason: .policy, phase: "command",
            fix: "CONFIG SET maxmemory-policy \(wanted)")
    }

    private func judgeCanary(_ flight: Flight, _ expectation: RedisExpectation, _ sheet: inout CheckSheet) {
        guard flight.canary.count == 3 else { return sheet.skip("write_canary", because: "not asked for") }
        let errors = flight.canary.compactMap(\.error)
        let isWhole =
            flight.canary[0].text == "OK" && flight.canary[1].text == flight.canaryValue && flight.canary[2].text == "1"
        let reason = errors.first.map(LookFailure.reason(redisReply:)) ?? .mismatch
        sheet.expect(
            "write_canary", errors.isEmpty && isWhole,
            observed: errors.first ?? (isWhole ? "SET, GET, DEL" : "not read back"),
            expected: "a key written, read back and removed", reason: reason, phase: "command",
            fix: canaryFix(reason, expectation))
    }

    private func canaryFix(_ reason: CheckReason, _ expectation: RedisExpectation) -> String {
        switch reason {
        case .authorization:
            "ACL SETUSER \(expectation.url.user ?? "default") ~\(expectation.canaryPrefix)* +set +get +del"
        case .readOnly: "point the URL at the master, or see why it stopped taking writes: INFO persistence"
        case .mismatch: "do not use it: a key that was just written is not there, or is another one"
        default: "see the server's log"
        }
    }

    private func judgeRefusals(_ sheet: inout CheckSheet) {
        switch plaintext {
        case .notLooked: sheet.skip("plaintext_refused", because: "not asked for")
        case .seen(let answer):
            sheet.expect(
                "plaintext_refused", answer == .refused, observed: answer.rawValue, expected: "connection closed",
                reason: .accepted,
                phase: "connect", fix: "set `port 0` and `tls-port` in redis.conf")
        case .failed(let failure):
            sheet.record(
                "plaintext_refused", .unknown, observed: failure.message, expected: "connection closed",
                reason: failure.reason,
                phase: failure.phase, fix: "probe again; nothing proved the refusal")
        }
        switch unauthenticated {
        case .notLooked: sheet.skip("unauthenticated_refused", because: "not asked for")
        case .seen(let answer):
            // Only an answer proves that the command was taken: another error may come before authentication is looked at.
            let status: CheckStatus =
                if let error = answer.error { error.hasPrefix("NOAUTH") ? .pass : .unknown } else { .fail }
            sheet.record(
                "unauthenticated_refused", status, observed: answer.error ?? "answered \(answer.text ?? "nothing")",
                expected: "NOAUTH", reason: answer.error.map(LookFailure.reason(redisReply:)) ?? .accepted,
                phase: "command",
                fix: status == .fail
                    ? "ACL SETUSER default off, or set requirepass" : "probe again; nothing proved the refusal")
        case .failed(let failure):
            sheet.record(
                "unauthenticated_refused", .unknown, observed: failure.message, expected: "NOAUTH",
                reason: failure.reason,
                phase: failure.phase, fix: "probe again; nothing proved the refusal")
        }
    }
}
