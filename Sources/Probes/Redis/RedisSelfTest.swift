import Foundation
import OpsModel
import RedisClient
import SocketClient

extension RedisSubject {
    package static var selfTest: SelfTest<RedisSubject> {
        SelfTest(expectation: expectationOfAll, healthy: healthy, flaws: linkFlaws + infoFlaws + securityFlaws)
    }

    private static var expectationOfAll: RedisExpectation {
        let url = RedisURL(
            host: "redis", port: 6379, usesTLS: true, user: "probe", password: nil, database: 0, authorityFile: nil)
        var expectation = RedisExpectation(
            url: url, role: .master, eviction: "noeviction", refusesPlaintext: true, refusesUnauthenticated: true,
            writesCanary: true, canaryPrefix: "opsctl:canary:")
        (expectation.replicas, expectation.persistence, expectation.minimumVersion) = (1, .rdb, "7.0")
        (expectation.demandsDefaultUserOff, expectation.demandsLeastPrivilege) = (true, true)
        return expectation
    }

    static let healthyTime = Date(timeIntervalSince1970: 1_790_000_000)

    static var healthyHandshake: TLSFacts {
        let certificate = CertificateFacts(
            subject: "/CN=redis", issuer: "/CN=authority", notBefore: healthyTime - 86_400,
            notAfter: healthyTime + 90 * 86_400, names: ["redis"], fingerprint: "00")
        return TLSFacts(version: "TLSv1.3", cipher: "TLS_AES_256_GCM_SHA384", chain: [certificate], refusal: nil)
    }

    private static var healthy: RedisSnapshot {
        let info = [
            "redis_version": "7.0.15", "role": "master", "connected_slaves": "1", "master_repl_offset": "1000",
            "slave0": "ip=10.0.0.2,port=6379,state=online,offset=1000,lag=0", "maxmemory_policy": "noeviction",
            "used_memory": "200000000", "maxmemory": "1000000000", "mem_fragmentation_ratio": "1.1",
            "evicted_keys": "0", "rejected_connections": "0", "connected_clients": "10", "maxclients": "10000",
            "uptime_in_seconds": "100000", "rdb_last_bgsave_status": "ok", "rdb_saves": "3", "aof_enabled": "1",
            "aof_last_write_status": "ok", "aof_last_bgrewrite_status": "ok", "rdb_changes_since_last_save": "5",
            "rdb_last_save_time": "1789999000", "server_time_usec": "1790000000000000",
        ]
        let rights = RedisRights(flags: ["on"], rules: [.init(commands: "-@all +ping +info", keys: "~opsctl:*")])
        let flight = RedisSnapshot.Flight(
            authentication: .init(text: "OK"), ping: .init(text: "PONG"), info: info,
            canary: [.init(text: "OK"), .init(text: "value"), .init(text: "1")], canaryValue: "value",
            ownRights: .rights(rights), defaultUser: .rights(RedisRights(flags: ["off"], rules: [])),
            slowCommands: .init(text: "0"))
        return RedisSnapshot(
            takenAt: healthyTime, handshake: healthyHandshake, link: .seen(.init(tls: "TLSv1.3", roundTrips: 2)),
            flight: .seen(flight), pings: .seen([0.001, 0.002]), plaintext: .seen(.refused),
            plainPorts: [.init(port: 6380, answer: .seen(.refused))],
            unauthenticated: .seen(.init(error: "NOAUTH Authentication required.")))
    }

    private typealias Flaw = SelfTest<RedisSubject>.Flaw

    private static func flaw(
        _ check: String, _ what: String, gives status: CheckStatus = .fail,
        flight change: @escaping @Sendable (inout RedisSnapshot.Flight) -> Void
    ) -> Flaw {
        Flaw(check, what, gives: status) { snapshot, _ in
            guard var flight = snapshot.flight.facts else { return }
            change(&flight)
            snapshot.flight = .seen(flight)
        }
    }

    private static func info(
        _ check: String, _ field: String, _ value: String?, gives status: CheckStatus = .fail
    ) -> Flaw {
        flaw(check, "\(field) \(value ?? "missing")", gives: status) { $0.info?[field] = value }
    }

    private static let linkFlaws: [Flaw] = [
        Flaw("connect", "connection refused") { snapshot, _ in
            snapshot.link = .failed(LookFailure(reason: .refused, phase: "connect", message: "connection refused"))
        },
        Flaw("connect", "no answer in time", gives: .unknown) { snapshot, _ in
            snapshot.link = .failed(LookFailure(reason: .timeout, phase: "connect", message: "no answer"))
        },
        Flaw("tls", "no TLS where it is asked for") { snapshot, _ in snapshot.link = .seen(.init(tls: nil)) },
        Flaw("certificate_expiry", "two days left") { snapshot, _ in
            snapshot.handshake?.chain[0].notAfter = snapshot.takenAt + 2.5 * 86_400
        },
        Flaw("certificate_expiry", "an expired one, refused") { snapshot, _ in
            snapshot.handshake?.chain[0].notAfter = snapshot.takenAt - 86_400
            snapshot.link = .failed(LookFailure(reason: .certificate, phase: "tls", message: "expired"))
        },
        Flaw("certificate_expiry", "an authority with ten days left", gives: .warn) { snapshot, _ in
            guard var authority = snapshot.handshake?.chain.first else { return }
            authority.notAfter = snapshot.takenAt + 10 * 86_400
            snapshot.handshake?.chain.append(authority)
        },
        flaw("authenticate", "WRONGPASS") { $0.authentication = .init(error: "WRONGPASS invalid username") },
        flaw("authenticate", "NOAUTH") { $0.authentication = .init(error: "NOAUTH Authentication required.") },
        flaw("ping", "LOADING") { $0.ping = .init(error: "LOADING Redis is loading the dataset in memory") },
        Flaw("latency", "PINGs of two seconds") { snapshot, _ in snapshot.pings = .seen([0.001, 2]) },
        flaw("write_canary", "READONLY") { $0.canary[0] = .init(error: "READONLY You can't write") },
        flaw("write_canary", "another value read back") { $0.canary[1] = .init(text: "other") },
        flaw("slow_commands", "128 in the log", gives: .warn) { $0.slowCommands = .init(text: "128") },
        flaw("slow_commands", "no right to look", gives: .unknown) { $0.slowCommands = .init(error: "NOPERM") },
    ]

    private static let infoFlaws: [Flaw] = [
        info("role", "role", "slave"),
        info("replication_link", "slave0", "ip=10.0.0.2,port=6379,state=wait_bgsave,offset=0,lag=0"),
        info("replication_link", "slave0", nil),
        info("replication_link", "slave0", "ip=10.0.0.2,port=6379,state=online,offset=1000,lag=11"),
        info("replication_link", "slave0", "ip=10.0.0.2,port=6379,state=online,offset=1000,lag=-1"),
        info("replication_link", "min_slaves_good_slaves", "0"),
        Flaw("replication_link", "a replica whose link is down") { snapshot, expectation in
            expectation.role = .replica
            snapshot.flight = .seen(replica(snapshot.flight.facts, link: "down"))
        },
        Flaw("replication_lag", "a replica 99 MB behind its reading") { snapshot, expectation in
            expectation.role = .replica
            snapshot.flight = .seen(replica(snapshot.flight.facts, link: "up"))
        },
        info("replication_lag", "master_repl_offset", "99000000"),
        info("replication_lag", "master_repl_offset", "9000000", gives: .warn),
        info("version", "redis_version", "6.2.14"),
        info("version", "redis_version", nil, gives: .unknown),
        info("eviction_policy", "maxmemory_policy", "allkeys-lru"),
        info("memory", "used_memory", "990000000"), info("memory", "used_memory", "900000000", gives: .warn),
        info("fragmentation", "mem_fragmentation_ratio", "6"),
        info("fragmentation", "mem_fragmentation_ratio", "0.4", gives: .warn), info("evictions", "evicted_keys", "1"),
        info("rejected_connections", "rejected_connections", "1", gives: .warn),
        info("clients", "connected_clients", "9900"), info("uptime", "uptime_in_seconds", "5", gives: .warn),
        info("persistence", "rdb_last_bgsave_status", "err"), info("persistence", "aof_last_write_status", "err"),
        Flaw("persistence", "an append-only file that is off") { snapshot, expectation in
            expectation.persistence = .aof
            guard var flight = snapshot.flight.facts else { return }
            flight.info?["aof_enabled"] = "0"
            snapshot.flight = .seen(flight)
        },
        info("save_age", "rdb_last_save_time", "1789900000"),
        info("save_age", "rdb_last_save_time", "1789990000", gives: .warn),
    ]

    @Sendable private static func replica(_ flight: RedisSnapshot.Flight?, link: String) -> RedisSnapshot.Flight {
        var flight = flight ?? .init(authentication: .init(), ping: .init(), canary: [], canaryValue: "")
        let changes = [
            "role": "slave", "master_link_status": link, "slave_read_repl_offset": "99000000",
            "slave_repl_offset": "0", "master_last_io_seconds_ago": "1",
        ]
        flight.info?.merge(changes) { _, new in new }
        return flight
    }

    private static let securityFlaws: [Flaw] = [
        Flaw("plaintext_refused", "an answer in plain text") { snapshot, _ in snapshot.plaintext = .seen(.accepted) },
        Flaw("plaintext_refused", "an open port beside the TLS port") { snapshot, expectation in
            expectation.plaintextPort = 6380
            snapshot.plainPorts = [.init(port: 6380, answer: .seen(.accepted))]
        },
        Flaw("plaintext_refused", "a port that drops packets", gives: .unknown) { snapshot, expectation in
            expectation.plaintextPort = 6380
            let failure = LookFailure(reason: .timeout, phase: "connect", message: "no answer")
            snapshot.plainPorts = [.init(port: 6380, answer: .failed(failure))]
        },
        Flaw("unauthenticated_refused", "PONG without AUTH") { snapshot, _ in
            snapshot.unauthenticated = .seen(.init(text: "PONG"))
        },
        Flaw("unauthenticated_refused", "another error", gives: .unknown) { snapshot, _ in
            snapshot.unauthenticated = .seen(.init(error: "ERR max number of clients reached"))
        },
        flaw("default_user_off", "user default on") {
            $0.defaultUser = .rights(RedisRights(flags: ["on"], rules: []))
        },
        flaw("least_privilege", "+@all") {
            $0.ownRights = .rights(RedisRights(flags: ["on"], rules: [.init(commands: "+@all", keys: "~a:*")]))
        },
        flaw("least_privilege", "+@write, which may FLUSHALL") {
            $0.ownRights = .rights(RedisRights(flags: ["on"], rules: [.init(commands: "-@all +@write", keys: "~a:*")]))
        },
        flaw("least_privilege", "all keys") {
            $0.ownRights = .rights(RedisRights(flags: ["on"], rules: [.init(commands: "+get", keys: "~*")]))
        },
        flaw("least_privilege", "no right to look", gives: .unknown) { $0.ownRights = .refused("NOPERM acl|getuser") },
    ]
}
