import OpsModel
import RedisClient
import SocketClient

extension RedisSnapshot {
    /// Turns a snapshot into results; pure.
    func judge(_ expectation: RedisExpectation, _ sheet: inout CheckSheet) {
        guard let link = link.facts else {
            judgeNoLink(expectation, &sheet)
            return sheet.blockRest(by: "connect")
        }
        sheet.record("connect", .pass, observed: expectation.url.endpoint, expected: "a connection", phase: "connect")
        sheet.expect(
            "tls", link.tls != nil || !expectation.url.usesTLS,
            observed: [link.tls ?? "no TLS", handshake?.cipher].compactMap { $0 }.joined(separator: ", "),
            expected: expectation.url.usesTLS ? "TLS" : "no TLS asked for", reason: .tls, phase: "tls",
            fix: "use a rediss:// URL")
        sheet.judgeCertificates(handshake, usesTLS: expectation.url.usesTLS, at: takenAt)
        judgeRefusals(expectation, &sheet)
        judgeFlight(expectation, &sheet)
    }

    private func judgeNoLink(_ expectation: RedisExpectation, _ sheet: inout CheckSheet) {
        let failure =
            link.failure ?? LookFailure(reason: .internalError, phase: "look", message: "not looked at")
        let endpoint = expectation.url.endpoint
        let seen =
            failure.reason == .certificate
            ? LookFailure(
                reason: .certificate, phase: "tls",
                message: handshake?.refusalText(at: takenAt) ?? failure.message, code: failure.code) : failure
        sheet.record(
            "connect", seen, expected: "a connection to \(endpoint)",
            fix: failure.connectionFix(to: endpoint) ?? "see the server's log")
        if handshake?.firstToExpire != nil {
            sheet.judgeCertificates(handshake, usesTLS: expectation.url.usesTLS, at: takenAt)
        }
    }

    private func judgeFlight(_ expectation: RedisExpectation, _ sheet: inout CheckSheet) {
        guard let flight = flight.facts else {
            let failure =
                self.flight.failure ?? LookFailure(reason: .internalError, phase: "look", message: "not looked at")
            sheet.record(
                "authenticate", failure, expected: "user \(expectation.user)",
                fix: failure.connectionFix(to: expectation.url.endpoint) ?? "see the server's log")
            return sheet.blockRest(by: "authenticate")
        }
        guard sheet.judgeAuthentication(flight.authentication, as: expectation.url) else {
            return sheet.blockRest(by: "authenticate")
        }
        let pingError = flight.ping.error
        sheet.expect(
            "ping", flight.ping.text == "PONG", observed: flight.ping.text ?? pingError ?? "nothing",
            expected: "PONG", reason: pingError.map(LookFailure.reason(redisReply:)) ?? .mismatch, phase: "command",
            fix: pingFix(pingError, expectation))
        judgeLatency(&sheet)
        judgeSlowCommands(flight, expectation, &sheet)
        judgeInfo(flight, expectation, &sheet)
        judgeRights(flight, expectation, &sheet)
        judgeCanary(flight, expectation, &sheet)
    }

    private func pingFix(_ error: String?, _ expectation: RedisExpectation) -> String {
        switch error.map(LookFailure.reason(redisReply:)) {
        case .authorization: "ACL SETUSER \(expectation.user) +ping"
        case .readOnly: "see why it cannot save its data: INFO persistence, and the server's log"
        default: "wait until the server has loaded its data, or its link to the master is up"
        }
    }

    private func judgeInfo(_ flight: Flight, _ expectation: RedisExpectation, _ sheet: inout CheckSheet) {
        guard let fields = flight.info else {
            let definitions = RedisSubject.checks.filter { $0.privilege == "+info" }
            for name in definitions.map(\.name) {
                sheet.record(
                    name, .unknown, observed: flight.infoError ?? "no answer", expected: "INFO",
                    reason: flight.infoError.map(LookFailure.reason(redisReply:)) ?? .proto, phase: "command",
                    fix: "ACL SETUSER \(expectation.user) +info")
            }
            return
        }
        let info = RedisInfo(fields)
        info.judgeReplication(expectation, &sheet)
        info.judgeCapacity(expectation, &sheet)
        info.judgePersistence(expectation, at: takenAt, &sheet)
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
            fix: canaryFix(reason, errors.first ?? "", expectation))
    }

    private func canaryFix(_ reason: CheckReason, _ error: String, _ expectation: RedisExpectation) -> String {
        switch reason {
        case .authorization:
            "ACL SETUSER \(expectation.user) ~\(expectation.canaryPrefix)* +set +get +del"
        case .readOnly where error.hasPrefix("READONLY"): "point the URL at the master"
        case .readOnly: "see why it stopped taking writes: INFO persistence, INFO replication"
        case .limit: "raise maxmemory, or remove keys"
        case .mismatch: "do not use it: a key that was just written is not there, or is another one"
        case .status: "this is a node of a cluster: use the kind redis_cluster, or `canary: false`"
        default: "see the server's log"
        }
    }
}

extension CheckSheet {
    /// Judges `authenticate` by the answer to AUTH, or to PING where the URL has no password. Returns whether it passed.
    mutating func judgeAuthentication(_ answer: RedisSnapshot.Answer, as url: RedisURL) -> Bool {
        let user = url.user ?? "default"
        guard answer.refusesLogin, let error = answer.error else {
            record("authenticate", .pass, observed: "user \(user)", expected: "user \(user)", phase: "authenticate")
            return true
        }
        let reason = LookFailure.reason(redisReply: error)
        record(
            "authenticate", .fail, observed: error, expected: "user \(user)",
            reason: error.hasPrefix("ERR AUTH") ? .authentication : reason, phase: "authenticate",
            fix: error.hasPrefix("NOAUTH")
                ? "put user and password into the URL" : "correct user and password of the URL; ACL GETUSER \(user)")
        return false
    }
}

extension RedisSnapshot.Answer {
    /// Whether this answer to AUTH, or to PING which stands in for it when the URL has no password, means that nobody is let
    /// in. Some errors of PING speak of something else than the login.
    var refusesLogin: Bool {
        guard let word = error?.split(separator: " ").first else { return error != nil }
        return !["NOPERM", "LOADING", "MASTERDOWN", "MISCONF", "BUSY", "DENIED"].contains(word)
    }
}
