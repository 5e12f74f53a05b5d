import Foundation
import OpsModel
import RedisClient
import SocketClient

/// Looks at a Redis server: one flight of all commands, and two attempts that must be refused.
struct RedisLook {
    let expectation: RedisExpectation
    let visit: Visit

    var time: TimeBudget { visit.time }

    func look() async -> RedisSnapshot {
        var snapshot = RedisSnapshot(
            link: .notLooked, flight: .notLooked, plaintext: .notLooked, unauthenticated: .notLooked)
        do {
            if expectation.url.usesTLS {
                try LookFailure.refuseUnusable(authorityFile: expectation.url.authorityFile)
            }
        } catch {
            snapshot.link = .failed(error)
            return snapshot
        }
        async let plaintext = lookAtPlaintext(ports: expectation.plaintextPorts, within: time.forLooking / 2)
        async let unauthenticated = lookUnauthenticated()
        await fly(&snapshot)
        snapshot.take(plaintext: await plaintext, of: expectation.url.port)
        if let told = snapshot.toldPort, !expectation.plaintextPorts.contains(told) {
            snapshot.take(
                plaintext: await lookAtPlaintext(ports: [told], within: time.forLooking), of: expectation.url.port)
        }
        snapshot.unauthenticated = await unauthenticated
        return snapshot
    }

    private func fly(_ snapshot: inout RedisSnapshot) async {
        let opening = await RedisOpening.look(expectation.url, timeout: time.forLooking)
        snapshot.handshake = opening.handshake
        let connection: RedisConnection
        switch opening.outcome {
        case .open(let opened): connection = opened
        case .failed(let failure):
            snapshot.link = .failed(failure)
            return
        }
        snapshot.flight = await Observation.look { try await exchange(over: connection) }
        snapshot.link = .seen(.init(tls: connection.tlsVersion, roundTrips: connection.roundTrips))
        guard visit.asks("latency"), snapshot.flight.facts?.ping.text == "PONG" else { return }
        snapshot.pings = await Observation.look { try await measurePings(over: connection) }
    }

    private func exchange(over connection: RedisConnection) async throws -> RedisSnapshot.Flight {
        let commands = commands
        let replies = try await connection.send(commands.map(\.words), timeout: time.forLooking)
        func reply(_ part: Part) -> RedisValue? {
            commands.firstIndex { $0.part == part }.map { replies[$0] }
        }
        let info = reply(.info) ?? .null
        return RedisSnapshot.Flight(
            authentication: .init(reply(.authentication) ?? .null), ping: .init(reply(.ping) ?? .null),
            info: info.text.map { RedisInfo(parsing: $0).fields }, infoError: RedisSnapshot.Answer(info).error,
            canary: [Part.set, .get, .delete].compactMap { reply($0).map(RedisSnapshot.Answer.init) },
            canaryValue: visit.canaryID, ownRights: reply(.ownRights).map(RedisRights.Answer.init),
            defaultUser: reply(.defaultUser).map(RedisRights.Answer.init),
            slowCommands: reply(.slowCommands).map(RedisSnapshot.Answer.init))
    }

    private enum Part { case authentication, ping, info, ownRights, defaultUser, slowCommands, set, get, delete }

    /// Everything that is asked for, as one flight.
    private var commands: [(part: Part, words: [String])] {
        let key = expectation.canaryPrefix + visit.canaryID
        var commands: [(part: Part, words: [String])] = [
            (.authentication, expectation.url.authentication ?? ["PING"]), (.ping, ["PING"]), (.info, ["INFO"]),
        ]
        if expectation.demandsLeastPrivilege, visit.asks("least_privilege") {
            commands.append((.ownRights, ["ACL", "GETUSER", expectation.user]))
        }
        if expectation.demandsDefaultUserOff, visit.asks("default_user_off") {
            commands.append((.defaultUser, ["ACL", "GETUSER", "default"]))
        }
        if visit.asks("slow_commands") { commands.append((.slowCommands, ["SLOWLOG", "LEN"])) }
        if expectation.writesCanary, visit.asks("write_canary") {
            commands += [
                (.set, ["SET", key, visit.canaryID, "EX", "60"]), (.get, ["GET", key]), (.delete, ["DEL", key]),
            ]
        }
        return commands
    }

    /// Single PINGs, each waited for: pipelined ones would share one wait.
    private func measurePings(over connection: RedisConnection) async throws -> [Double] {
        var seconds: [Double] = []
        for _ in 0..<10 {
            let start = ContinuousClock.now
            _ = try await connection.send([["PING"]], timeout: time.forLooking)
            seconds.append((ContinuousClock.now - start) / .seconds(1))
        }
        return seconds
    }

    private func lookUnauthenticated() async -> Observation<RedisSnapshot.Answer> {
        guard expectation.refusesUnauthenticated, visit.asks("unauthenticated_refused") else { return .notLooked }
        return await Observation.look {
            let connection = try await RedisConnection.connect(expectation.url, timeout: time.forLooking)
            return RedisSnapshot.Answer(try await connection.send([["PING"]], timeout: time.forLooking)[0])
        }
    }
}
