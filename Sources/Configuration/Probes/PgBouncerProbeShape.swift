extension ObjectShape {
    static let pgbouncerProbe = ObjectShape([
        .required("url", .secret, "postgresql:// URL of the admin console: database pgbouncer, a user of stats_users"),
        .optional(
            "tls", .choice(["required", "verified", "off"]), "expected protection of the session; default verified"),
        .optional("minimum_version", .string, "least version of the pooler, for example \"1.21\""),
        .optional("databases", .list(.string), "databases that it must offer; default: those that it has"),
        .optional("through_url", .secret, "postgresql:// URL of a database behind the pooler, as the app reaches it"),
    ])
}
