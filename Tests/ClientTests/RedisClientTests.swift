import OpsModel
import LocalServices
import RedisClient
import SocketClient
import TestSupport
import Testing

@Suite(.enabled(if: Requirement.redis.isMet, "Redis is not installed")) struct RedisClientTests {
    private func url(_ test: TestRedis) throws -> RedisURL {
        var url = try RedisURL(test.url())
        url.authorityFile = test.node.authority
        return url
    }

    @Test func anyBytesTravelOverTLSInOneFlight() async throws {
        try await withRedis { test in
            let connection = try await RedisConnection.open(try url(test), timeout: .seconds(5))
            #expect(connection.tlsVersion == "TLSv1.3")
            let key = Array((test.appPrefix + "k\u{0}ü").utf8)
            let value: [UInt8] = [0, 13, 10, 255, 36]
            let replies = try await connection.sendBytes([
                [Array("SET".utf8), key, value], [Array("GET".utf8), key], [Array("LRANGE".utf8), key, [48], [49]],
                [Array("DEL".utf8), key], [Array("GET".utf8), key],
            ])
            #expect(replies[0] == .status("OK"))
            #expect(replies[1] == .string(value))
            #expect(replies[2].errorCode == "WRONGTYPE")
            #expect(replies[3] == .integer(1))
            #expect(replies[4] == .null)
        }
    }

    @Test func aWrongPasswordIsRefusedAndNotShown() async throws {
        try await withRedis { test in
            var url = try url(test)
            url.password = Secret("wrong-secret-word")
            let error = await #expect(throws: RedisError.self) {
                _ = try await RedisConnection.open(url, timeout: .seconds(5))
            }
            if case .refused(_, "AUTH", let reply) = error {
                #expect(reply.hasPrefix("WRONGPASS"))
            } else {
                Issue.record("\(String(describing: error))")
            }
            let text = "\(try #require(error).diagnostic)"
            #expect(text.contains("wrong-secret-word") == false)
        }
    }

    @Test func aCertificateThatDoesNotFitIsNamedAsTheCause() async throws {
        try await withRedis { test in
            var url = try url(test)
            url.authorityFile = nil
            let error = await #expect(throws: SocketError.self) {
                _ = try await RedisConnection.open(url, timeout: .seconds(5))
            }
            if case .certificate = error {} else { Issue.record("\(String(describing: error))") }
        }
    }

    @Test func aBlackHoleTimesOutAndTheSessionIsSpent() async throws {
        let hole = try SilentListener()
        let url = RedisURL(
            host: "127.0.0.1", port: hole.port, usesTLS: false, user: nil, password: nil, database: 0,
            authorityFile: nil)
        let connection = try await RedisConnection.connect(url, timeout: .seconds(5))
        await #expect(throws: RedisError.timedOut(server: url.endpoint, phase: "read")) {
            _ = try await connection.send([["PING"]], timeout: .milliseconds(200))
        }
        #expect(!connection.isUsable)
    }
}
