extension ObjectShape {
    static let postgresProbe = ObjectShape([
        .required("url", .secret, "postgresql:// URL of the probing role"),
        .optional("role", .choice(["primary", "replica"]), "expected role; default primary"),
        .optional(
            "tls", .choice(["required", "verified", "off"]), "expected protection of the session; default verified"),
        .optional(
            "refuse_plaintext", .boolean, "whether a session without TLS must be refused; default: unless tls is off"),
        .optional("canary", .boolean, "whether to write, read and remove a row; default true on a primary"),
    ])
}
