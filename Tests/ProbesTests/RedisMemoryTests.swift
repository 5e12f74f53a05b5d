import Glibc
import OpsModel
@testable import Probes
import ProcessClient
import RedisClient
import TestSupport
import Testing

@Suite struct RedisMemoryTests {
    private func check(_ name: String, _ fields: [String: String]) -> CheckResult? {
        var sheet = CheckSheet(target: "t", checks: RedisSubject.checks, plan: CheckPlan(profile: .deep))
        let info = RedisInfo(fields.merging(["mem_fragmentation_ratio": "1.2"]) { given, _ in given })
        info.judgeMemory(&sheet)
        info.judgeFragmentation(&sheet)
        return sheet.results.first { $0.shortName == name }
    }

    @Test func whatTheServerDoesNotCountForEvictionIsNotCounted() {
        let fields = ["used_memory": "1000000", "maxmemory": "1000000", "maxmemory_policy": "noeviction"]
        #expect(check("memory", fields)?.status == .fail)
        let relieved = check("memory", fields.merging(["mem_not_counted_for_evict": "300000"]) { $1 })
        #expect(relieved?.status == .pass)
        #expect(relieved?.observed == "70 % of 1000000 B")
    }

    @Test(arguments: ["allkeys-lru", "allkeys-lfu", "allkeys-random"])
    func aFullCacheIsAsItShouldBe(_ policy: String) {
        let fields = ["used_memory": "1000000", "maxmemory": "1000000", "maxmemory_policy": policy]
        #expect(check("memory", fields)?.status == .skipped)
    }

    @Test(arguments: [("volatile-lru", CheckStatus.fail), ("volatile-ttl", .fail), ("noeviction", .fail)])
    func otherPoliciesFillUp(_ policy: String, _ status: CheckStatus) {
        let fields = ["used_memory": "1000000", "maxmemory": "1000000", "maxmemory_policy": policy]
        #expect(check("memory", fields)?.status == status)
    }

    @Test(arguments: [
        ("200000000", "0.5", CheckStatus.warn), ("200000000", "1", .pass), ("200000000", "6", .fail),
        ("1000000", "0.5", .skipped),
    ])
    func dataThatIsNotInMemoryWarns(_ used: String, _ ratio: String, _ status: CheckStatus) {
        #expect(check("fragmentation", ["used_memory": used, "mem_fragmentation_ratio": ratio])?.status == status)
    }
}

@Suite(.enabled(if: Requirement.redis.isMet, "Redis is not installed")) struct RedisMemoryOfServerTests {
    @Test func aFullServerRefusesTheCanaryByItsReason() async throws {
        try await withRedisServer(["--maxmemory", "100kb"]) { server in
            var expectation = server.expectation
            expectation.writesCanary = true
            let check = await look(RedisSubject(expectation))["write_canary"]
            #expect(check?.status == .fail)
            #expect(check?.reason == .limit)
            #expect(check?.observed.hasPrefix("OOM") == true)
        }
    }

    /// The server reserves room for a value that is announced; it does not touch it before the bytes come.
    @Test func memoryThatIsNotResidentWarns() async throws {
        try await withRedisServer { server in
            let announce = #"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$300000000\r\nxx"#
            let client = try DetachedProcess.start(
                executable: "bash",
                arguments: [
                    "-c", "exec 3<>/dev/tcp/127.0.0.1/\(server.port); printf '\(announce)' >&3; exec sleep 60",
                ],
                environment: nil, folder: server.folder, log: "\(server.folder)/client")
            defer { try? client.signal(SIGKILL) }
            try await eventually("less is resident than in use") {
                await look(RedisSubject(server.expectation), profile: .deep)["fragmentation"]?.status == .warn
            }
        }
    }
}
