import OpsModel
@testable import Probes
import RedisClient
import TestSupport
import Testing

@Suite struct RedisRightsTests {
    @Test(arguments: [
        ("-@all +ping +get", []),
        ("+@all", ["+@all"]),
        ("+@all -@dangerous -@admin +info", []),
        ("+@all -@admin", ["+@all"]),
        ("-@all +@admin", ["+@admin"]),
        ("-@all +flushall +config|set +config|get", ["+flushall", "+config|set", "+config|get"]),
        ("+@all -@all +get", []),
        ("+@dangerous -@dangerous +keys -keys", []),
        ("-@all +@read +@write +@connection", ["+@write", "+@connection"]),
        ("-@all +@read +@write +@connection -@dangerous +info", []),
        ("-@all -@dangerous +@write", ["+@write"]),
        ("-@all +@write +@keyspace -flushall -flushdb -swapdb", []),
        ("-@all +@write -flushall -flushdb", ["+@write"]),
        ("-@all +@write -flushall -flushdb -swapdb +flushdb", ["+flushdb"]),
        ("-@all +@scripting", ["+@scripting"]), ("-@all +@scripting -@scripting", []),
        ("-@all +@scripting -script -function", []), ("-@all +eval +evalsha +fcall", []),
        ("-@all +config -config|set", ["+config"]), ("-@all +config -config", []),
        ("-@all +cluster|info +cluster|nodes +client|setname", []), ("-@all +cluster|reset", ["+cluster|reset"]),
        ("-@all +@slow", ["+@slow"]), ("-@all +@fast", ["+@fast"]), ("-@all +@fast -swapdb", []),
    ])
    func laterRulesTakeBackWhatEarlierOnesGave(_ commands: String, _ expected: [String]) {
        #expect(RedisRights(flags: ["on"], rules: [.init(commands: commands, keys: "~a:*")]).dangers == expected)
    }

    @Test(arguments: [
        "sync", "psync", "restore", "script", "function", "client", "client|kill", "config|get", "config|rewrite",
        "cluster|reset", "flushall", "flushdb", "swapdb", "shutdown", "debug", "replicaof", "slaveof", "module",
        "monitor", "migrate", "keys", "failover", "acl", "acl|setuser", "@write", "@keyspace", "@scripting",
    ])
    func eachOfTheseIsADanger(_ name: String) {
        #expect(RedisDangers.words(of: "-@all +ping +\(name)") == ["+\(name)"])
        #expect(RedisDangers.words(of: "-@all +\(name) -\(name)") == [])
    }
}

@Suite(.enabled(if: Requirement.redis.isMet, "Redis is not installed")) struct RedisRightsOfServerTests {
    private static let risks: [[String]] = [
        ["FLUSHALL"], ["FLUSHDB"], ["SWAPDB", "0", "1"], ["CLIENT", "PAUSE", "1"], ["CLIENT", "KILL", "a"],
        ["CONFIG", "GET", "save"],
        ["SHUTDOWN"], ["DEBUG", "SLEEP", "0"], ["REPLICAOF", "no", "one"], ["CLUSTER", "RESET"], ["SYNC"],
        ["ACL", "SETUSER", "x"],
    ]

    /// The server itself says whether the user might: `ACL DRYRUN`.
    @Test(arguments: [
        "-@all +@read +@write +@connection", "-@all +@read +@write -flushall -flushdb -swapdb",
        "-@all +@keyspace -flushall -flushdb", "+@all -@dangerous", "+@all -@admin", "-@all +@fast", "-@all +@slow",
        "-@all +@connection", "-@all +@admin -@dangerous +@read", "-@all -@dangerous +@write",
        "-@all +config -config|get",
        "-@all +@write -@dangerous", "-@all +@keyspace -flushall -flushdb -swapdb", "-@all +@keyspace -@dangerous",
        "-@all +@read +@write +@keyspace +@connection +@scripting -@dangerous", "+@all -@dangerous +info +client|kill",
        "-@all +@read +@hash +@string +@list +@set +@sortedset +@stream +@transaction +@pubsub +ping +info",
    ])
    func theVerdictIsThatOfTheServer(_ rules: String) async throws {
        try await withRedisServer { server in
            let words = rules.split(separator: " ").map(String.init)
            let connection = try await RedisConnection.open(server.url, timeout: .seconds(5))
            let setting = ["ACL", "SETUSER", "user", "on", ">secret", "~app:*"] + words
            let answers = try await connection.send(
                [setting, ["ACL", "GETUSER", "user"]] + Self.risks.map { ["ACL", "DRYRUN", "user"] + $0 })
            #expect(answers[0] == .status("OK"))
            guard case .rights(let rights) = RedisRights.Answer(answers[1]) else { Issue.record("no rights"); return }
            let mightHarm = answers.dropFirst(2).contains(.status("OK"))
            // CONFIG without GET still sets: the one that no DRYRUN above shows.
            #expect(!rights.dangers.isEmpty == (mightHarm || rules.contains("+config")), "\(rights.dangers)")
        }
    }

    @Test(arguments: [
        "-@all +@read +@write +@connection +@scripting", "-@all +@scripting +get", "-@all +function +keys +get",
        "+@all", "-@all +@keyspace +@slow", "-@all +@write -flushall -flushdb -swapdb", "-@all +config +script|flush",
    ])
    func theFixLeavesNoDanger(_ rules: String) async throws {
        try await withRedisServer { server in
            func dangers(_ rules: String) async throws -> [String] {
                let connection = try await RedisConnection.open(server.url, timeout: .seconds(5))
                let words = rules.split(separator: " ").map(String.init)
                let answers = try await connection.send(
                    [["ACL", "SETUSER", "user", "on", ">secret", "~app:*"] + words, ["ACL", "GETUSER", "user"]])
                #expect(answers[0] == .status("OK"))
                guard case .rights(let rights) = RedisRights.Answer(answers[1]) else { return ["no rights"] }
                return rights.dangers
            }
            let before = try await dangers(rules)
            #expect(before.isEmpty == rules.contains("-flushall"))
            if !before.isEmpty { #expect(try await dangers(RedisDangers.remedy(for: before)) == []) }
        }
    }

    @Test func aUserThatMayFlushFailsLeastPrivilegeUntilThatIsTakenBack() async throws {
        try await withRedisServer { server in
            try await server.run(
                "ACL", "SETUSER", "small", "on", ">secret", "~opsctl:*", "~app:*", "-@all", "+@read", "+@write",
                "+@connection", "+info", "+acl|getuser")
            var expectation = server.expectation
            (expectation.url.user, expectation.url.password) = ("small", Secret("secret"))
            expectation.demandsLeastPrivilege = true
            let check = await look(RedisSubject(expectation))["least_privilege"]
            #expect(check?.status == .fail)
            #expect(check?.observed.contains("+@write") == true)
            // The fix, as it is printed.
            #expect(check?.fix?.hasPrefix("ACL SETUSER small -@dangerous +info +acl|getuser,") == true)
            try await server.run("ACL", "SETUSER", "small", "-@dangerous", "+info", "+acl|getuser")
            #expect(await look(RedisSubject(expectation))["least_privilege"]?.status == .pass)
        }
    }
}
