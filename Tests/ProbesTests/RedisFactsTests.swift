@testable import Probes
import RedisClient
import Testing

@Suite struct RedisFactsTests {
    @Test func theAnswersOfBothVersionsAreReadAndPasswordsAreNotKept() throws {
        func text(_ word: String) -> RedisValue { .string(Array(word.utf8)) }
        let seven = RedisValue.array([
            text("flags"), .array([text("on")]), text("passwords"), .array([text("deadbeef")]),
            text("commands"), text("-@all +get"), text("keys"), text("~app:*"),
            text("selectors"), .array([.array([text("commands"), text("+@all"), text("keys"), text("~*")])]),
        ])
        guard case .rights(let rights) = RedisRights.Answer(seven) else { Issue.record("no rights"); return }
        #expect(rights.dangers == ["+@all"])
        #expect(rights.reachesAllKeys)
        #expect(!"\(rights)".contains("deadbeef"))
        let six = RedisValue.array([
            text("flags"), .array([text("on"), text("allkeys")]), text("commands"), text("+@all"), text("keys"),
            .array([text("*")]),
        ])
        guard case .rights(let old) = RedisRights.Answer(six) else { Issue.record("no rights"); return }
        #expect(old.reachesAllKeys)
        #expect(RedisRights.Answer(.null) == .noSuchUser)
        #expect(RedisRights.Answer(.error("NOPERM no")) == .refused("NOPERM no"))
    }

    @Test(arguments: [
        ("7.0.15", "7.0", true as Bool?), ("7.0.15", "7.0.15", true), ("7.0.15", "7.2", false), ("7.10.0", "7.9", true),
        ("7", "7.0.0", true), ("unstable", "7.0", nil), ("7.0", "new", nil),
    ])
    func versionsAreComparedPartByPart(_ version: String, _ minimum: String, _ expected: Bool?) {
        #expect(isVersion(version, atLeast: minimum) == expected)
    }

    @Test func theReplicasOfAMasterAreReadFromInfo() {
        let info = RedisInfo(
            parsing: """
                # Replication\r
                role:master\r
                slave0:ip=10.0.0.2,port=6379,state=online,offset=7,lag=0\r
                slave1:ip=10.0.0.3,port=6379,state=wait_bgsave,offset=0,lag=0\r
                slave_priority:100\r
                """)
        #expect(info.replicas.map(\.name) == ["10.0.0.2:6379", "10.0.0.3:6379"])
        #expect(info.replicas.map(\.offset) == [7, 0])
    }
}
