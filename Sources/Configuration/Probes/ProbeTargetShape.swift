extension ObjectShape {
    static let probeTarget = ObjectShape(
        [
            .required("name", .string, "name of the target in reports"),
            .optional("timeout", .interval, "limit for the whole target; default 5s"),
            .optional("needs", .list(.string), "targets that must not fail before this one is looked at"),
            .optional("retry", .object(retry), "looks again while a failure may pass; default: one look"),
            .optional("checks", .map(.object(check)), "changes to single checks, by name: opsctl probe list"),
            .optional("stack", .shorthand(stackBinding), "id of the stack's server that this probe looks at"),
        ] + probeKinds.map { .optional($0.name, .object($0.shape), $0.note) }, exactlyOne: probeKinds.map(\.name))

    /// The kinds of targets: key, settings, description.
    private static let probeKinds: [(name: String, shape: ObjectShape, note: String)] = [
        ("postgres", postgresProbe, "a PostgreSQL server"),
        ("pgbouncer", pgbouncerProbe, "a PgBouncer in front of PostgreSQL"),
        ("redis", redisProbe, "a Redis server"),
        ("sentinel", sentinelProbe, "the sentinels of a Redis master"),
        ("redis_cluster", redisClusterProbe, "a Redis cluster"),
        ("bucket", bucketProbe, "an S3 bucket or a directory"),
        ("http", httpProbe, "an HTTP service"),
        ("tls", tlsProbe, "an endpoint that speaks TLS"),
        ("tcp", tcpProbe, "a TCP port"),
        ("dns", dnsProbe, "a name in the DNS"),
        ("sse", sseProbe, "a stream of server-sent events"),
        ("drill", drillProbe, "the age of the last drill that passed"),
    ]

    static let stackBinding = ObjectShape([
        .required("target", .string, "id of a server in the targets of the stack"),
        .optional(
            "stand_in", .boolean, "whether the probe looks at a local server in its place; not where it is critical"),
    ])

    static let retry = ObjectShape([
        .required("attempts", .integer(1...100), "looks in all"),
        .optional("pause", .interval, "pause before the second look, which then grows; default 100ms"),
        .optional("deadline", .duration, "no look begins later than this after the first; default 30s"),
    ])

    static let check = ObjectShape([
        .optional(
            "severity", .choice(["fail", "warn", "off"]), "what a failure counts as; off leaves the check out"),
        .optional("warn", .number(-1e15...1e15), "limit beyond which it warns, in the check's unit"),
        .optional("fail", .number(-1e15...1e15), "limit beyond which it fails, in the check's unit"),
        .optional("attempts", .integer(1...100), "looks in all; default: as retry says"),
        .optional("runbook", .string, "where the runbook for its failure is: a path or a URL"),
    ])
}
