import Glibc
import LocalServices
import OpsModel
@testable import Probes
import ProcessClient
import RedisClient
import TestSupport
import Testing

/// Ports beside the TLS port.
@Suite(.enabled(if: Requirement.redis.isMet, "Redis is not installed")) struct RedisPlaintextTests {
    private func expectation(_ node: RedisNode) throws -> RedisExpectation {
        var url = try RedisURL(node.url(.probe))
        url.authorityFile = node.authority
        return RedisExpectation(
            url: url, role: .master, eviction: nil, refusesPlaintext: true, refusesUnauthenticated: true,
            writesCanary: false, canaryPrefix: "opsctl:canary:")
    }

    private func run(_ node: RedisNode, _ words: String...) async throws {
        var url = try RedisURL(node.url(.ops))
        url.authorityFile = node.authority
        let reply = try await RedisConnection.open(url, timeout: .seconds(5)).send([words])[0]
        #expect(reply == .status("OK"))
    }

    private func plaintext(_ expectation: RedisExpectation, timeout: Duration = .seconds(10)) async -> CheckResult? {
        await look(RedisSubject(expectation), timeout: timeout)["plaintext_refused"]
    }

    @Test func anOpenPortThatInfoTellsOfFailsUntilItIsClosed() async throws {
        try await withRedisNode { node in
            let expectation = try expectation(node)
            #expect(await plaintext(expectation)?.observed == "refused: port \(node.port), 6379")
            let port = try freeLoopbackPorts(1)[0]
            try await run(node, "CONFIG", "SET", "port", "\(port)")
            let check = await plaintext(expectation)
            #expect(check?.status == .fail)
            #expect(check?.reason == .accepted)
            #expect(check?.observed == "answers in plain text: port \(port)")
            // The fix, as it is printed.
            #expect(check?.fix?.hasSuffix("; CONFIG SET port 0 until then") == true)
            try await run(node, "CONFIG", "SET", "port", "0")
            #expect(await plaintext(expectation)?.status == .pass)
        }
    }

    @Test func anOpenPortThatIsConfiguredFailsWithoutInfo() async throws {
        try await withRedisNode { node in
            let port = try freeLoopbackPorts(1)[0]
            try await run(node, "CONFIG", "SET", "port", "\(port)")
            try await run(node, "ACL", "SETUSER", "blind", "on", ">secret", "+ping")
            var expectation = try expectation(node)
            (expectation.url.user, expectation.url.password) = ("blind", Secret("secret"))
            #expect(await plaintext(expectation)?.status == .pass)
            expectation.plaintextPort = port
            #expect(await plaintext(expectation)?.status == .fail)
        }
    }

    @Test func aPortThatIsNotPlainRedisIsARefusal() async throws {
        try await withRedis { test in
            try await withRedisNode { other in
                var expectation = try expectation(test.node)
                // One speaks TLS; nobody listens at the other; the third is the URL's own and stands alone.
                for port in [other.port, try freeLoopbackPorts(1)[0], test.node.port] {
                    expectation.plaintextPort = port
                    #expect(await plaintext(expectation)?.status == .pass)
                }
                #expect(await plaintext(expectation)?.observed == "refused: port \(test.node.port)")
            }
        }
    }

    @Test func aReplyOfAnotherProtocolIsARefusal() async throws {
        try await withRedis { test in
            try await withRedisServer { server in
                let port = try freeLoopbackPorts(1)[0]
                let script = """
                    import socket
                    s = socket.create_server(("127.0.0.1", \(port)))
                    while True:
                        c = s.accept()[0]; c.sendall(b"+OK POP3 ready\\r\\n"); c.close()
                    """
                let process = try DetachedProcess.start(
                    executable: "python3", arguments: ["-c", script], environment: nil, folder: server.folder,
                    log: "\(server.folder)/mail")
                defer { try? process.signal(SIGKILL) }
                try await eventually("it listens") { answersOnLoopback(port) }
                var expectation = try expectation(test.node)
                expectation.plaintextPort = port
                #expect(await plaintext(expectation)?.status == .pass)
            }
        }
    }

    @Test func aPortThatIsSilentIsUnknown() async throws {
        try await withRedis { test in
            try await withRedisServer { server in
                try server.process.signal(SIGSTOP)
                var expectation = try expectation(test.node)
                expectation.plaintextPort = server.port
                let check = await plaintext(expectation, timeout: .seconds(2))
                #expect(check?.status == .unknown)
                #expect(check?.reason == .timeout)
                #expect(check?.fix?.contains("plaintext_port") == true)
            }
        }
    }

    @Test func anotherServerIsExcusedOnlyAtThePortThatWasGuessed() {
        let test = RedisSubject.selfTest
        func status(_ server: String?, configured: Int?) -> CheckStatus? {
            var (snapshot, expectation) = (test.healthy, test.expectation)
            expectation.plaintextPort = configured
            guard var flight = snapshot.flight.facts else { return nil }
            flight.info?["run_id"] = "ours"
            snapshot.flight = .seen(flight)
            snapshot.plainPorts = [.init(port: 6380, answer: .seen(.accepted), server: server)]
            return RedisSubject.results(of: snapshot, expectation, target: "t").first {
                $0.shortName == "plaintext_refused"
            }?.status
        }
        #expect(status("theirs", configured: nil) == .pass)
        #expect(status("ours", configured: nil) == .fail)
        #expect(status(nil, configured: nil) == .pass)
        #expect(status(nil, configured: 6380) == .fail)
        #expect(status("theirs", configured: 6380) == .fail)
    }
}
