import OpsModel
import RedisClient
import SocketClient

extension SentinelSnapshot {
    /// Turns a snapshot into results; pure.
    func judge(_ expectation: SentinelExpectation, _ sheet: inout CheckSheet) {
        let reached = judgeReach(&sheet)
        judgeCertificates(expectation, &sheet)
        guard !reached.isEmpty else { return sheet.blockRest(by: "connect") }
        let known = judgeAuthentication(reached, &sheet)
        guard !known.isEmpty else { return sheet.blockRest(by: "authenticate") }
        let watching = judgeKnowledge(known, expectation, &sheet)
        guard !watching.isEmpty else { return sheet.blockRest(by: "master_known") }
        judgeAgreement(watching, expectation, &sheet)
        judgeMaster(watching, expectation, &sheet)
        judgeNamed(expectation, &sheet)
        judgeQuorum(watching, &sheet)
        judgeReplicas(watching, expectation, &sheet)
    }

    /// A sentinel that answered.
    struct Voice {
        let endpoint: String
        let answers: Answers
    }

    private func judgeReach(_ sheet: inout CheckSheet) -> [Voice] {
        let voices = views.compactMap { view in
            view.answers.facts.map { Voice(endpoint: view.endpoint, answers: $0) }
        }
        let failures = views.compactMap { view in view.answers.failure.map { (view.endpoint, $0) } }
        let expected = "\(views.count) sentinels"
        // One that said no is worse news than one that said nothing.
        guard let worst = failures.first(where: { $0.1.isVerdict }) ?? failures.first else {
            sheet.record("connect", .pass, observed: "\(voices.count) answer", expected: expected, phase: "connect")
            return voices
        }
        let text = failures.map { "\($0.0): \($0.1.message)" }.joined(separator: "; ")
        sheet.record(
            "connect",
            LookFailure(reason: worst.1.reason, phase: worst.1.phase, message: text, code: worst.1.code),
            expected: expected, fix: worst.1.connectionFix(to: worst.0) ?? "see the log of the sentinel at \(worst.0)")
        return voices
    }

    private func judgeCertificates(_ expectation: SentinelExpectation, _ sheet: inout CheckSheet) {
        let chains = views.compactMap(\.handshake?.chain)
        let all = TLSFacts(version: nil, cipher: nil, chain: chains.flatMap { $0 }, refusal: nil)
        sheet.judgeCertificates(
            chains.isEmpty ? nil : all, usesTLS: expectation.urls.contains { $0.usesTLS }, at: takenAt)
    }

    private func judgeAuthentication(_ voices: [Voice], _ sheet: inout CheckSheet) -> [Voice] {
        let refused = voices.filter { $0.answers.authentication.refusesLogin }
        sheet.expect(
            "authenticate", refused.isEmpty,
            observed: refused.isEmpty ? "\(voices.count) accept it" : refused.texts { $0.authentication.error },
            expected: "every sentinel lets the user in", reason: .authentication, phase: "authenticate",
            fix: "correct the sentinels' own user and password: they are not those of the data nodes")
        return voices.filter { !$0.answers.authentication.refusesLogin }
    }

    private func judgeKnowledge(
        _ voices: [Voice], _ expectation: SentinelExpectation, _ sheet: inout CheckSheet
    ) -> [Voice] {
        let name = expectation.master
        let ignorant = voices.filter { $0.answers.master == nil }
        let isForbidden = ignorant.contains { $0.answers.masterError?.hasPrefix("NOPERM") == true }
        if isForbidden {
            sheet.lacksPrivilege(
                "master_known", observed: ignorant.texts { $0.masterError }, expected: "\(name) is watched",
                phase: "command", fix: "on each sentinel: ACL SETUSER <user> +sentinel")
        } else {
            sheet.expect(
                "master_known", ignorant.isEmpty,
                observed: ignorant.isEmpty ? "\(name), by \(voices.count)" : ignorant.texts { $0.masterError },
                expected: "\(name) is watched by all", reason: .mismatch, phase: "command",
                fix: ignorant.contains { $0.answers.masterError?.contains("unknown command") == true }
                    ? "that is no sentinel: correct host and port of its URL, often 26379"
                    : "on that sentinel: \(monitoring(name))")
        }
        return voices.filter { $0.answers.master != nil }
    }

    /// MONITOR alone starts with the defaults, and without the password of the data nodes.
    private func monitoring(_ name: String) -> String {
        "SENTINEL MONITOR \(name) <host> <port> <quorum>, and SENTINEL SET \(name) for each of auth-user, auth-pass, "
            + "down-after-milliseconds, failover-timeout, parallel-syncs, as the others have them: "
            + "SENTINEL MASTER \(name)"
    }

    private func judgeAgreement(_ voices: [Voice], _ expectation: SentinelExpectation, _ sheet: inout CheckSheet) {
        let named = Set(voices.map { $0.answers.address.text ?? "nobody" }).sorted()
        sheet.expect(
            "agreement", named.count == 1 && named != ["nobody"],
            observed: named.count == 1 ? named[0] : voices.texts { $0.address.text ?? "nobody" },
            expected: "one address", reason: .mismatch, phase: "command",
            fix:
                "on the sentinel that is wrong: SENTINEL RESET \(expectation.master), and wait 30 s; "
                + "if it is still wrong: "
                + "SENTINEL REMOVE \(expectation.master), which drops its settings, then "
                + monitoring(expectation.master))
    }

    private func judgeMaster(_ voices: [Voice], _ expectation: SentinelExpectation, _ sheet: inout CheckSheet) {
        let troubled = voices.filter { $0.answers.master?["flags"] != "master" }
        sheet.expect(
            "master_up", troubled.isEmpty,
            observed: troubled.isEmpty ? "up, say \(voices.count)" : troubled.texts { $0.master?["flags"] },
            expected: "flags: master", reason: .notReady, phase: "command",
            fix: "see the master's log; SENTINEL MASTER \(expectation.master)")
        let wrong = voices.filter { $0.others != expectation.sentinels - 1 }
        sheet.expect(
            "sentinels", wrong.isEmpty,
            observed: wrong.isEmpty
                ? "\(expectation.sentinels), say all"
                : wrong.map { "\($0.endpoint) knows \($0.others.map { "\($0 + 1)" } ?? "none")" }.joined(
                    separator: "; "),
            expected: "\(expectation.sentinels)", reason: .mismatch, phase: "command",
            fix: "on one sentinel after the other: SENTINEL RESET \(expectation.master), and wait 30 s in between")
    }

    private func judgeNamed(_ expectation: SentinelExpectation, _ sheet: inout CheckSheet) {
        guard expectation.data != nil else { return sheet.skip("master_role", because: "no data_url to ask it with") }
        guard let first = named.first else { return sheet.block(["master_role"], by: "agreement") }
        let mistaken = named.first { $0.role.facts != nil && $0.role.facts != "master" }
        let failed = named.first { $0.role.failure != nil }
        if let mistaken {
            sheet.record(
                "master_role", .fail, observed: "\(mistaken.address) is a \(mistaken.role.facts ?? "?")",
                expected: "master", reason: .role, phase: "command",
                fix: "wait until sentinel has put it right, about 10 s; then see the sentinels' logs")
        } else if let failed, let failure = failed.role.failure {
            sheet.record(
                "master_role", failure, expected: "\(failed.address) answers as master",
                fix: failure.connectionFix(to: failed.address) ?? "correct data_url: its user needs +role")
        } else {
            sheet.record("master_role", .pass, observed: "\(first.address) is", expected: "master", phase: "command")
        }
    }
}

extension SentinelSnapshot {
    private func judgeQuorum(_ voices: [Voice], _ sheet: inout CheckSheet) {
        let without = voices.filter { $0.answers.quorum.text?.hasPrefix("OK") != true }
        let isForbidden = without.contains { $0.answers.quorum.error?.hasPrefix("NOPERM") == true }
        if isForbidden {
            return sheet.lacksPrivilege(
                "quorum", observed: without.texts { $0.quorum.error }, expected: "OK", phase: "command",
                fix: "on each sentinel: ACL SETUSER <user> +sentinel|ckquorum")
        }
        sheet.expect(
            "quorum", without.isEmpty,
            observed: without.isEmpty
                ? voices[0].answers.quorum.text ?? "OK" : without.texts { $0.quorum.error ?? $0.quorum.text },
            expected: "OK from all", reason: .notReady, phase: "command", fix: "start the sentinels that are missing")
    }

    private func judgeReplicas(_ voices: [Voice], _ expectation: SentinelExpectation, _ sheet: inout CheckSheet) {
        guard let wanted = expectation.replicas else { return sheet.skip("replicas", because: "not asked for") }
        let counts = voices.map { voice in
            (voice.answers.replicas ?? []).count { replica in
                let flags = (replica["flags"] ?? "").split(separator: ",")
                return !flags.contains("s_down") && !flags.contains("o_down") && !flags.contains("disconnected")
                    && replica["master-link-status"] == "ok"
            }
        }
        let least = counts.min() ?? 0
        sheet.expect(
            "replicas", least >= wanted, observed: "\(least) in step", expected: "at least \(wanted)",
            reason: .notReady, phase: "command", fix: "SENTINEL REPLICAS \(expectation.master); start what is missing")
    }
}

extension SentinelSnapshot.Voice {
    fileprivate var others: Int? { answers.master?["num-other-sentinels"].flatMap { Int($0) } }
}

extension [SentinelSnapshot.Voice] {
    fileprivate func texts(_ text: (SentinelSnapshot.Answers) -> String?) -> String {
        map { "\($0.endpoint): \(text($0.answers) ?? "no answer")" }.joined(separator: "; ")
    }
}
