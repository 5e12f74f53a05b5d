import Glibc
import LocalServices
import ProcessClient
import RedisClient
import TestSupport
import Testing

@Suite(.enabled(if: Requirement.redis.isMet, "Redis is not installed")) struct LocalServicesRedisSentinelTests {
    private func master(_ group: RedisSentinel, as member: RedisSentinel.Member) async throws -> String? {
        var url = try RedisURL(group.url(of: member))
        url.authorityFile = group.authority
        let connection = try await RedisConnection.open(url, timeout: .seconds(5))
        let reply = try await connection.command("SENTINEL", "GET-MASTER-ADDR-BY-NAME", RedisSentinel.masterName)
        guard case .array(let parts) = reply else { return nil }
        return parts.last?.text
    }

    @Test func afterAFailoverAndARestartTheNewMasterIsStillTheMaster() async throws {
        var options = RedisSentinel.Options()
        options.downAfter = .milliseconds(500)
        try await withRedisSentinel(options) { group in
            #expect(try await master(group, as: .sentinelA) == "\(group.port(of: .first))")
            try group.process(.first).signal(SIGKILL)
            let promoted = "\(group.port(of: .second))"
            try await eventually("all sentinels name the second", within: .seconds(30)) {
                for member in RedisSentinel.Member.sentinels
                where try await master(group, as: member) != promoted { return false }
                return true
            }
            // The old master comes back, and is made a replica of the new one.
            try await group.start(.first)
            try await group.stop()
            for member in RedisSentinel.Member.allCases {
                #expect(throws: (any Error).self, "\(member)") { _ = try group.process(member) }
            }
            let again = try await RedisSentinel.start(in: group.folder, options)
            #expect(again.port(of: .sentinelB) == group.port(of: .sentinelB))
            #expect(try await master(again, as: .sentinelB) == promoted)
        }
    }
}
