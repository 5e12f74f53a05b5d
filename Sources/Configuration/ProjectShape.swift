extension ObjectShape {
    /// `opsctl.yaml`.
    package static let project = ObjectShape([
        .required("version", .integer(1...1), "the format of this file: 1"),
        .required("service", .string, "name of the service, as it stands in reports"),
        .optional("default_environment", .string, "environment that commands use without --env"),
        .optional("ledger", .shorthand(ledger), "SQLite file of the ledger; default .opsctl/ledger.sqlite"),
        .optional("stacks", .path, "folder of the Terraform stacks; default Stacks"),
    ])

    static let ledger = ObjectShape(
        [
            .optional("file", .path, "SQLite file, for one machine"),
            .optional("postgres", .secret, "URL of a Postgres database of its own, for a team"),
        ], exactlyOne: ["file", "postgres"])
}
