extension PostgresSubject {
    static let sessionChecks = [
        CheckDefinition("connect", "Does a server answer?", why: "nothing else works without it"),
        CheckDefinition(
            "tls", "Is the session encrypted and the server verified?",
            why: "passwords and rows could be read or changed on the way"),
        CheckDefinition("authenticate", "Does the role get a session?", why: "the app could not log in"),
        CheckDefinition(
            "role", "Is it the primary, or the replica, as expected?",
            why: "SELECT 1 passes on a demoted primary, writes do not"),
        CheckDefinition(
            "writable", "May sessions of the primary write when nothing else is said?",
            why: "default_transaction_read_only is set before switch-overs, and forgotten"),
        CheckDefinition(
            "tls_version", "Is the session's TLS 1.2 or newer?", why: "older versions are broken", in: .review,
            isPosture: true),
        CheckDefinition(
            "certificate_expiry", "How long are all certificates of the chain still valid?",
            why: "one that expires, also an intermediate one, stops every client that verifies", in: .review,
            limits: .atLeast(warn: 21, fail: 3, "d")),
        CheckDefinition(
            "plaintext_refused", "Is a session without TLS refused?",
            why: "one misconfigured client would send its data in the clear", in: .review, isPosture: true),
    ]

    static let canaryChecks = [
        CheckDefinition(
            "write_canary", "Is a row written, read back and removed?",
            why: "a server that answers may still take no writes", in: .writing,
            privilege: "CREATE SCHEMA opsctl_probe AUTHORIZATION <role>"),
        CheckDefinition(
            "canary_on_replica", "How soon is the canary's row seen on the replica?",
            why: "only a row that arrived proves that replication works, through every server in between", in: .writing,
            privilege: "the canary's, and CONNECT on the replica", limits: .atMost(warn: 2, fail: 10, "s")),
    ]
}
