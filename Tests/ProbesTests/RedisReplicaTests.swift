import Glibc
import OpsModel
@testable import Probes
import ProcessClient
import RedisClient
import TestSupport
import Testing

@Suite(.enabled(if: Requirement.redis.isMet, "Redis is not installed")) struct RedisReplicaTests {
    @Test(arguments: [
        ("online,offset=7,lag=0", true), ("online,offset=7,lag=10", true), ("online,offset=7,lag=11", false),
        ("online,offset=7,lag=-1", false), ("online,offset=7", true), ("wait_bgsave,offset=0,lag=0", false),
    ])
    func aReplicaIsInStepWhenItIsOnlineAndHeardOf(_ line: String, _ expected: Bool) {
        let info = RedisInfo(["slave0": "ip=10.0.0.2,port=6379,state=\(line)"])
        #expect(info.replicas.map(\.isInStep) == [expected])
    }

    /// To the master it stays `online` for a minute.
    @Test func aFrozenReplicaIsMissed() async throws {
        try await withRedisServer(["--repl-diskless-sync-delay", "0"]) { master in
            try await withRedisServer(["--replicaof", "127.0.0.1 \(master.port)"]) { replica in
                var expectation = master.expectation
                expectation.replicas = 1
                let subject = RedisSubject(expectation)
                try await eventually("replica in step") {
                    await look(subject)["replication_link"]?.status == .pass
                }
                try replica.process.signal(SIGSTOP)
                defer { try? replica.process.signal(SIGCONT) }
                try await eventually("the master misses it", within: .seconds(30)) {
                    await look(subject)["replication_link"]?.status == .fail
                }
                let link = try #require(await look(subject)["replication_link"])
                #expect(link.observed.contains("0 online"))
                #expect(link.observed.contains("127.0.0.1:\(replica.port) online, lag 1"))
                #expect(await look(subject)["replication_lag"]?.status == .blocked)
            }
        }
    }
}
