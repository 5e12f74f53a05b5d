import OpsModel
import RedisClient
import SocketClient

/// Looks at a Redis server: one flight of all commands, and two attempts that must be refused.
struct RedisLook {
    let expectation: RedisExpectation
    let time: TimeBudget
    let canaryID: String

    func look() async -> RedisSnapshot {
        do {
            if expectation.url.usesTLS {
                try LookFailure.refuseUnusable(authorityFile: expectation.url.authorityFile)
            }
        } catch {
            return RedisSnapshot(
                link: .failed(error), flight: .notLooked, plaintext: .notLooked, unauthenticated: .notLooked)
        }
        async let plaintext = lookAtPlaintext()
        async let unauthenticated = lookUnauthenticated()
        let (link, flight) = await fly()
        return RedisSnapshot(
            link: link, flight: flight, plaintext: await plaintext, unauthenticated: await unauthenticated)
    }

    private func fly() async -> (Observation<RedisSnapshot.Link>, Observation<RedisSnapshot.Flight>) {
        do {
            let connection = try await RedisConnection.connect(expectation.url, timeout: time.forLooking)
            let link = RedisSnapshot.Link(
                tls: connection.tlsVersion, certificateDaysLeft: connection.certificateDaysLeft)
            return (.seen(link), await Observation.look { try await exchange(over: connection) })
        } catch {
            return (.failed(LookFailure(error)), .notLooked)
        }
    }

    private func exchange(over connection: RedisConnection) async throws -> RedisSnapshot.Flight {
        let url = expectation.url
        let key = expectation.canaryPrefix + canaryID
        let authentication = url.password.map { ["AUTH"] + [url.user].compactMap { $0 } + [$0.reveal()] } ?? ["PING"]
        var commands = [authentication, ["PING"], ["INFO"]]
        if expectation.writesCanary { commands += [["SET", key, canaryID, "EX", "60"], ["GET", key], ["DEL", key]] }
        let replies = try await connection.send(commands, timeout: time.forLooking)
        let answers = replies.map(RedisSnapshot.Answer.init)
        return RedisSnapshot.Flight(
            authentication: answers[0], ping: answers[1], info: replies[2].text.map(Self.fields),
            infoError: answers[2].error,
            canary: Array(answers.dropFirst(3)), canaryValue: canaryID)
    }

    /// `name:value` lines; sections and blank lines are passed over.
    static func fields(_ info: String) -> [String: String] {
        var fields: [String: String] = [:]
        for line in info.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
            if parts.count == 2 { fields[parts[0]] = parts[1] }
        }
        return fields
    }

    private func lookAtPlaintext() async -> Observation<RedisSnapshot.Refusal> {
        guard expectation.refusesPlaintext else { return .notLooked }
        var url = expectation.url
        url.usesTLS = false
        do {
            let connection = try await RedisConnection.connect(url, timeout: time.forLooking)
            _ = try await connection.send([["PING"]], timeout: time.forLooking)
            return .seen(.accepted)  // any reply of the protocol, an error too, was given in plain text
        } catch SocketError.closedByPeer, RedisError.unreadable {
            return .seen(.refused)
        } catch {
            return .failed(LookFailure(error))
        }
    }

    private func lookUnauthenticated() async -> Observation<RedisSnapshot.Answer> {
        guard expectation.refusesUnauthenticated else { return .notLooked }
        return await Observation.look {
            let connection = try await RedisConnection.connect(expectation.url, timeout: time.forLooking)
            return RedisSnapshot.Answer(try await connection.send([["PING"]], timeout: time.forLooking)[0])
        }
    }
}

extension RedisSnapshot.Answer {
    fileprivate init(_ value: RedisValue) {
        if case .error(let text) = value {
            self.init(text: nil, error: text)
        } else {
            self.init(text: value.text, error: nil)
        }
    }
}
