import OpsModel
import RedisClient

extension RedisSnapshot {
    func judgePlaintext(_ expectation: RedisExpectation, _ sheet: inout CheckSheet) {
        let (name, expected, url) = ("plaintext_refused", "no answer without TLS", expectation.url)
        let others = (plainPorts ?? []).filter { !isSomebodyElse($0, expectation) }
        let attempts = [PlainPort(port: url.port, answer: plaintext)] + others
        let open = attempts.filter { $0.answer.facts == .accepted }.map(\.port)
        guard plaintext != .notLooked else { return sheet.skip(name, because: "not asked for") }
        guard open.isEmpty else {
            return sheet.record(
                name, .fail, observed: "answers in plain text: port \(list(open))", expected: expected,
                reason: .accepted, phase: "connect",
                fix: "set `port 0` and `tls-port \(url.port)` in redis.conf"
                    + (open == [url.port] ? "" : "; CONFIG SET port 0 until then"))
        }
        if let silent = attempts.first(where: { $0.answer.failure != nil }), let failure = silent.answer.failure {
            return sheet.record(
                name, .unknown, observed: "port \(silent.port): \(failure.message)", expected: expected,
                reason: failure.reason, phase: failure.phase,
                fix: silent.port == url.port
                    ? "probe again; nothing proved the refusal"
                    : "let the firewall reject port \(silent.port), or name the port to try: plaintext_port")
        }
        let strangers = (plainPorts ?? []).filter { isSomebodyElse($0, expectation) }.map(\.port)
        sheet.record(
            name, .pass,
            observed: "refused: port \(list(attempts.map(\.port)))"
                + (strangers.isEmpty ? "" : "; another server: port \(list(strangers))"), expected: expected,
            phase: "connect")
    }

    /// Another Redis at the port that was only guessed: its `run_id` says so.
    private func isSomebodyElse(_ attempt: PlainPort, _ expectation: RedisExpectation) -> Bool {
        guard expectation.plaintextPort == nil, attempt.port != toldPort, let server = attempt.server,
            let ours = flight.facts?.info?["run_id"]
        else { return false }
        return server != ours
    }

    private func list(_ ports: [Int]) -> String { ports.map { String($0) }.joined(separator: ", ") }
}
