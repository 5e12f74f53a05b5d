import Foundation
import Glibc
import LocalServices
import OpsModel
import ProcessClient
import TestSupport
import Testing

@Suite(.enabled(if: Requirement.redis.isMet, "\(Requirement.redis.reason)"))
struct LocalServicesRedisTests {
    @Test func eachUserMayDoItsWorkAndNoMore() async throws {
        try await withRedis { redis async throws in
            let node = redis.node
            #expect(try await cli(node, .app, ["SET", "\(redis.appPrefix)a", "1"]) == "OK")
            #expect(try await cli(node, .app, ["SET", "other", "1"]).hasPrefix("NOPERM"))
            #expect(try await cli(node, .app, ["FLUSHALL"]).hasPrefix("NOPERM"))
            #expect(try await cli(node, .probe, ["SET", "\(redis.probePrefix)a", "1", "EX", "60"]) == "OK")
            #expect(try await cli(node, .probe, ["DEL", "\(redis.probePrefix)a"]) == "1")
            #expect(try await cli(node, .probe, ["GET", "\(redis.appPrefix)a"]).hasPrefix("NOPERM"))
            #expect(try await cli(node, .probe, ["CONFIG", "GET", "*"]).hasPrefix("NOPERM"))
            #expect(try await cli(node, .probe, ["INFO", "memory"]).contains("maxmemory_policy:noeviction"))
            #expect(try await cli(node, .ops, ["CONFIG", "GET", "maxmemory"]) == "maxmemory\n268435456")
            #expect(try await cli(node, .ops, ["CONFIG", "GET", "appendonly"]) == "appendonly\nyes")
        }
    }

    @Test func connectionsAreEncryptedVerifiedAndAuthenticated() async throws {
        try await withRedis { redis async throws in
            let node = redis.node
            #expect(try await run(["-p", "\(node.port)", "PING"]) != "PONG", "plaintext")
            #expect(
                try await run(["--tls", "--cacert", node.authority, "-p", "\(node.port)", "PING"]).hasPrefix("NOAUTH"))
            let strangers = ["--tls", "--cacert", "/etc/ssl/certs/ca-certificates.crt", "-p", "\(node.port)", "PING"]
            #expect(try await run(strangers).contains("certificate verify failed"))
        }
    }

    @Test func killedServerComesBackWithItsData() async throws {
        try await withRedisNode { node in
            #expect(try await cli(node, .app, ["SET", "app:a", "7"]) == "OK")
            #expect(try await cli(node, .app, ["WAITAOF", "1", "0", "1000"]).isEmpty == false)
            let process = try node.process()
            #expect(try await RedisNode.start(in: node.folder).process() == process, "a second start keeps the process")
            try process.signal(SIGKILL)
            try await eventually("it is gone") { try !process.isRunning }
            #expect(try await RedisNode.start(in: node.folder).process() != process)
            #expect(try await cli(node, .app, ["GET", "app:a"]) == "7")
        }
    }

    @Test func secretsAreNeitherInArgumentsNorInReadableFiles() async throws {
        try await withRedisNode { node in
            let password = node.password(of: .app).reveal()
            #expect(password.count == 64)
            #expect(try commandLine(of: node.process().pid).allSatisfy { !$0.contains(password) })
            let files = try #require(FileManager.default.enumerator(atPath: node.folder))
            for case let file as String in files {
                guard let bytes = FileManager.default.contents(atPath: "\(node.folder)/\(file)"),
                    String(decoding: bytes, as: UTF8.self).contains(password)
                else { continue }
                #expect(file == "service.json")
                let mode =
                    try FileManager.default.attributesOfItem(atPath: "\(node.folder)/\(file)")[.posixPermissions]
                    as? Int
                #expect(mode == 0o600)
            }
        }
    }

    private func cli(_ node: RedisNode, _ user: RedisNode.User, _ words: [String]) async throws -> String {
        try await run(
            ["--tls", "--cacert", node.authority, "-p", "\(node.port)", "--user", user.rawValue] + words,
            environment: ["REDISCLI_AUTH": node.password(of: user).reveal()])
    }

    private func run(_ arguments: [String], environment: [String: String] = [:]) async throws -> String {
        let result = try await runCommand(
            Command(
                "redis-cli", ["-h", "127.0.0.1"] + arguments,
                environment: ["PATH": "/usr/bin:/bin"].merging(environment) { $1 }),
            timeout: .seconds(20))
        return (result.output + result.errors).trimmingCharacters(in: .newlines)
    }
}
