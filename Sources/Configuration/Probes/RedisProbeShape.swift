extension ObjectShape {
    static let redisProbe = ObjectShape([
        .required("url", .secret, "rediss:// URL of the probing user"),
        .optional("authority", .path, "CA file that signed the server's certificate"),
        .optional("role", .choice(["master", "replica"]), "expected role; default master"),
        .optional("replicas", .integer(0...100), "replicas that a master has at least, all online"),
        .optional("version", .string, "oldest version that will do, for example 7.0"),
        .optional("eviction", .string, "expected maxmemory-policy, for example noeviction"),
        .optional(
            "persistence", .choice(["rdb", "aof", "any", "none"]),
            "how it keeps its data; default: only that no write failed"),
        .optional(
            "refuse_plaintext", .boolean, "whether a connection without TLS must be refused; default true for rediss"),
        .optional(
            "plaintext_port", .integer(1...65535),
            "port beside the URL's that must not answer without TLS; default 6379; the URL's own leaves others out"),
        .optional("refuse_unauthenticated", .boolean, "whether a command without AUTH must be refused; default true"),
        .optional("default_user_off", .boolean, "whether the user `default` must be off; default false"),
        .optional(
            "least_privilege", .boolean, "whether the probing user's own rights are judged; default false"),
        .optional("allow_all_keys", .boolean, "whether least_privilege allows the pattern ~*; default false"),
        .optional("canary", .boolean, "whether to write, read and remove a key; default true on a master"),
        .optional("canary_prefix", .string, "prefix of the canary's key; default opsctl:canary:"),
    ])
}
