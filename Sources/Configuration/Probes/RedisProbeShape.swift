extension ObjectShape {
    static let redisProbe = ObjectShape([
        .required("url", .secret, "rediss:// URL of the probing user"),
        .optional("authority", .path, "CA file that signed the server's certificate"),
        .optional("role", .choice(["master", "replica"]), "expected role; default master"),
        .optional("eviction", .string, "expected maxmemory-policy, for example noeviction"),
        .optional(
            "refuse_plaintext", .boolean, "whether a connection without TLS must be refused; default true for rediss"),
        .optional("refuse_unauthenticated", .boolean, "whether a command without AUTH must be refused; default true"),
        .optional("canary", .boolean, "whether to write, read and remove a key; default true on a master"),
        .optional("canary_prefix", .string, "prefix of the canary's key; default opsctl:canary:"),
    ])
}
