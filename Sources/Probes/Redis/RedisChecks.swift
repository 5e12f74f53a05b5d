extension RedisSubject {
    package static let checks: [CheckDefinition] = reachability + replication + capacity + security + use

    private static let reachability: [CheckDefinition] = [
        CheckDefinition("connect", "Does a server answer?", why: "nothing else works without it"),
        CheckDefinition(
            "tls", "Is the connection encrypted and the server verified?",
            why: "passwords and values could be read on the way"),
        CheckDefinition(
            "certificate_expiry", "Does every certificate of the chain stay valid?",
            why: "on the day it expires every client is refused", limits: .atLeast(warn: 21, fail: 3, "d")),
        CheckDefinition("authenticate", "Is the user accepted?", why: "the app could not log in"),
        CheckDefinition(
            "ping", "Does it answer PONG?", why: "a server that loads its data answers, but not with PONG",
            privilege: "+ping"),
        CheckDefinition(
            "latency", "Is a PING answered quickly?", why: "a slow command blocks everybody: there is one thread",
            in: .diagnosis, privilege: "+ping", limits: .atMost(warn: 0.25, fail: 1, "s")),
    ]

    private static let replication: [CheckDefinition] = [
        CheckDefinition(
            "role", "Is it the master, or the replica, as expected?", why: "a demoted master refuses writes",
            privilege: "+info"),
        CheckDefinition(
            "replication_link", "Do master and replicas hold together?",
            why: "a failover to a replica without a link loses what was written since", privilege: "+info"),
        CheckDefinition(
            "replication_lag", "Is no replica far behind?", why: "a failover loses what the replica has not got yet",
            in: .review, privilege: "+info", limits: .atMost(warn: 1_000_000, fail: 67_108_864, "B")),
    ]

    private static let capacity: [CheckDefinition] = [
        CheckDefinition(
            "version", "Is the server new enough?", why: "commands that the app uses may be missing", in: .review,
            privilege: "+info"),
        CheckDefinition(
            "eviction_policy", "Is maxmemory-policy the expected one?", why: "a queue loses jobs when keys are evicted",
            in: .review, privilege: "+info"),
        CheckDefinition(
            "memory", "Is there memory left below maxmemory?",
            why: "at the limit writes are refused, or keys are evicted", in: .review, privilege: "+info",
            limits: .atMost(warn: 80, fail: 95, "%")),
        CheckDefinition(
            "fragmentation", "Does the process need little more memory than its data?",
            why: "the kernel may end it although maxmemory is kept", in: .diagnosis, privilege: "+info",
            limits: .atMost(warn: 2, fail: 5)),
        CheckDefinition(
            "evictions", "Has no key been evicted?", why: "with noeviction nothing may ever disappear", in: .review,
            privilege: "+info", limits: .atMost(fail: 0)),
        CheckDefinition(
            "rejected_connections", "Has no client been turned away?",
            why: "maxclients was reached, and may be again", in: .review, privilege: "+info", limits: .atMost(warn: 0)),
        CheckDefinition(
            "clients", "Are there connections left below maxclients?", why: "the next client is turned away",
            in: .review, privilege: "+info", limits: .atMost(warn: 80, fail: 95, "%")),
        CheckDefinition(
            "persistence", "Does it keep its data as expected?",
            why: "what is not on disk is gone after a restart", in: .review, privilege: "+info"),
        CheckDefinition(
            "save_age", "Is the last snapshot young enough?", why: "a restart goes back to it", in: .review,
            privilege: "+info", limits: .atMost(warn: 7200, fail: 86400, "s")),
        CheckDefinition(
            "uptime", "Has it been running for a while?", why: "a server that just restarted may do so again",
            in: .diagnosis, privilege: "+info", limits: .atLeast(warn: 60, "s")),
        CheckDefinition(
            "slow_commands", "Are slow commands rare?", why: "each one holds up all clients", in: .diagnosis,
            privilege: "+slowlog|len", limits: .atMost(warn: 100)),
    ]

    private static let security: [CheckDefinition] = [
        CheckDefinition(
            "plaintext_refused", "Is a connection without TLS refused?",
            why: "one misconfigured client would send its password in the clear", in: .review, isPosture: true),
        CheckDefinition(
            "unauthenticated_refused", "Is a command without AUTH refused?",
            why: "whoever reaches the port reads everything", in: .review, isPosture: true),
        CheckDefinition(
            "default_user_off", "Is the user `default` switched off?",
            why: "its name is known to everybody, and old clients use it unasked", in: .review,
            privilege: "+acl|getuser", isPosture: true),
        CheckDefinition(
            "least_privilege", "Has the user no more rights than it needs?",
            why: "a stolen password would empty or reconfigure the server", in: .review, privilege: "+acl|getuser",
            isPosture: true),
    ]

    private static let use: [CheckDefinition] = [
        CheckDefinition(
            "write_canary", "Is a key written, read back and removed?",
            why: "PING passes on a server that takes no writes", in: .writing,
            privilege: "~opsctl:canary:* +set +get +del")
    ]
}
