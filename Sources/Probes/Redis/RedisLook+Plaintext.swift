import OpsModel
import RedisClient
import SocketClient

extension RedisExpectation {
    /// Ports that are tried without TLS: a TLS port never answers in plain text, the mistake is an open port beside it.
    var plaintextPorts: [Int] {
        let other = plaintextPort ?? 6379
        return other == url.port ? [url.port] : [url.port, other]
    }
}

extension RedisLook {
    /// Sends commands without TLS, and without a password, to each of these ports.
    func lookAtPlaintext(ports: [Int], within timeout: Duration) async -> [RedisSnapshot.PlainPort] {
        guard expectation.refusesPlaintext, visit.asks("plaintext_refused") else { return [] }
        let end = ContinuousClock.now + timeout
        return await withTaskGroup(of: RedisSnapshot.PlainPort.self) { group in
            for port in ports {
                // A guess must not keep everybody waiting behind a firewall.
                let isGuess = expectation.plaintextPort == nil && port != expectation.url.port
                let limit = isGuess ? min(end, .now + .milliseconds(500)) : end
                group.addTask { await attempt(port, until: limit) }
            }
            return await group.reduce(into: []) { $0.append($1) }.sorted { $0.port < $1.port }
        }
    }

    private func attempt(_ port: Int, until end: ContinuousClock.Instant) async -> RedisSnapshot.PlainPort {
        var url = expectation.url
        (url.usesTLS, url.port) = (false, port)
        var left: Duration { max(.milliseconds(1), end - .now) }
        do {
            let connection = try await RedisConnection.connect(url, timeout: left)
            let pong = try await connection.send([["PING"]], timeout: left)[0]
            guard pong.isRedis else { return .init(port: port, answer: .seen(.refused)) }
            return .init(port: port, answer: .seen(.accepted), server: await runID(over: connection, within: left))
        } catch RedisError.unreadable {
            return .init(port: port, answer: .seen(.refused))
        } catch {
            let failure = LookFailure(error)
            let isRefusal = [.refused, .unreachable].contains(failure.reason)
            return .init(port: port, answer: isRefusal ? .seen(.refused) : .failed(failure))
        }
    }
}

/// Which server answers; nil when it does not tell, for want of a right or because it has left.
private func runID(over connection: RedisConnection, within timeout: Duration) async -> String? {
    let info = await Observation<String>.look {
        try await connection.send([["INFO", "server"]], timeout: timeout)[0].text ?? ""
    }
    return info.facts.flatMap { RedisInfo(parsing: $0)["run_id"] }
}

extension RedisValue {
    /// Whether this may be Redis' answer to PING: any error of the protocol was given in plain text as well.
    fileprivate var isRedis: Bool { if case .error = self { true } else { text == "PONG" } }
}

extension RedisSnapshot {
    /// Where `INFO` says that the server listens; with `port 0` it tells the TLS port.
    var toldPort: Int? {
        flight.facts?.info?["tcp_port"].flatMap { Int($0) }.flatMap { (1...65535).contains($0) ? $0 : nil }
    }

    mutating func take(plaintext attempts: [PlainPort], of port: Int) {
        for attempt in attempts {
            if attempt.port == port { plaintext = attempt.answer } else { plainPorts = (plainPorts ?? []) + [attempt] }
        }
    }
}
