import OpsModel

extension RedisSnapshot {
    func judgeRefusals(_ expectation: RedisExpectation, _ sheet: inout CheckSheet) {
        judgePlaintext(expectation, &sheet)
        switch unauthenticated {
        case .notLooked: sheet.skip("unauthenticated_refused", because: "not asked for")
        case .seen(let answer): judgeUnauthenticated(answer, &sheet)
        case .failed(let failure):
            sheet.record(
                "unauthenticated_refused", .unknown, observed: failure.message, expected: "NOAUTH",
                reason: failure.reason, phase: failure.phase, fix: "probe again; nothing proved the refusal")
        }
    }

    /// Only an answer proves that the command was taken: another error may come before authentication is looked at.
    private func judgeUnauthenticated(_ answer: Answer, _ sheet: inout CheckSheet) {
        let status: CheckStatus =
            if let error = answer.error { error.hasPrefix("NOAUTH") ? .pass : .unknown } else { .fail }
        sheet.record(
            "unauthenticated_refused", status, observed: answer.error ?? "answered \(answer.text ?? "nothing")",
            expected: "NOAUTH", reason: answer.error.map(LookFailure.reason(redisReply:)) ?? .accepted,
            phase: "command",
            fix: status == .fail
                ? "ACL SETUSER default off, or set requirepass" : "probe again; nothing proved the refusal")
    }

    func judgeRights(_ flight: Flight, _ expectation: RedisExpectation, _ sheet: inout CheckSheet) {
        judgeOwnRights(flight, expectation, &sheet)
        let expected = "user default off"
        switch flight.defaultUser {
        case nil: sheet.skip("default_user_off", because: "not asked for")
        case .noSuchUser:
            sheet.record("default_user_off", .pass, observed: "no such user", expected: expected, phase: "command")
        case .refused(let error): lacksRights("default_user_off", error, expected, expectation, &sheet)
        case .rights(let rights):
            sheet.expect(
                "default_user_off", !rights.isOn, observed: rights.isOn ? "on" : "off", expected: expected,
                reason: .policy, phase: "command", fix: "ACL SETUSER default off; ACL SAVE or CONFIG REWRITE")
        }
    }

    private func judgeOwnRights(_ flight: Flight, _ expectation: RedisExpectation, _ sheet: inout CheckSheet) {
        let user = expectation.user
        let expected =
            "nothing that reaches beyond its own keys\(expectation.allowsAllKeys ? "" : ", no ~*"), and a password"
        switch flight.ownRights {
        case nil: sheet.skip("least_privilege", because: "not asked for")
        case .noSuchUser:
            sheet.record(
                "least_privilege", .unknown, observed: "no user \(user)", expected: expected, reason: .proto,
                phase: "command", fix: "ACL GETUSER \(user)")
        case .refused(let error): lacksRights("least_privilege", error, expected, expectation, &sheet)
        case .rights(let rights):
            var excess = rights.dangers
            if rights.reachesAllKeys, !expectation.allowsAllKeys { excess.append("~*") }
            if rights.needsNoPassword { excess.append("nopass") }
            sheet.expect(
                "least_privilege", excess.isEmpty,
                observed: excess.isEmpty
                    ? rights.rules.map(\.commands).joined(separator: "; ")
                    : "\(user) has \(excess.joined(separator: " "))",
                expected: expected, reason: .policy, phase: "command",
                fix: rights.dangers.isEmpty
                    ? "ACL SETUSER \(user) resetkeys ~PREFIX:* resetpass >PASSWORD"
                    : "ACL SETUSER \(user) \(RedisDangers.remedy(for: rights.dangers)), or -@all and the commands it needs"
            )
        }
    }

    private func lacksRights(
        _ name: String, _ error: String, _ expected: String, _ expectation: RedisExpectation, _ sheet: inout CheckSheet
    ) {
        sheet.record(
            name, .unknown, observed: error, expected: expected, reason: LookFailure.reason(redisReply: error),
            phase: "command",
            fix: error.hasPrefix("NOPERM")
                ? "ACL SETUSER \(expectation.user) +acl|getuser"
                : "ACL needs Redis 6 or newer; else leave the check out")
    }
}
