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
                + (strangers.isEmpty ? "" : "; not known to be this server: port \(list(strangers))"),
            expected: expected,
            phase: "connect")
    }

    /// A port that was only guessed counts when it refuses, or when its `run_id` proves that it is this very server: whatever else
    /// answers there, or a firewall that does not, says nothing of this one.
    private func isSomebodyElse(_ attempt: PlainPort, _ expectation: RedisExpectation) -> Bool {
        guard expectation.plaintextPort == nil, attempt.port != toldPort else { return false }
        switch attempt.answer {
        case .seen(.refused): return false
        case .seen(.accepted):
            guard let server = attempt.server, let ours = flight.facts?.info?["run_id"] else { return true }
            return server != ours
        case .failed, .notLooked: return true
        }
    }

    private func list(_ ports: [Int]) -> String { ports.map { String($0) }.joined(separator: ", ") }
}
