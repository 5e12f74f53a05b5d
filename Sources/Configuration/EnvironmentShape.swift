extension ObjectShape {
    /// `environments/<name>.yaml`.
    package static let environment = ObjectShape([
        .required("version", .integer(1...1), "the format of this file: 1"),
        .required(
            "protection", .choice(["ephemeral", "standard", "critical"]),
            "how careful commands are: critical for production"),
        .optional(
            "env_file", .path,
            "a .env file that ${env:} may read too; ephemeral environments only, others never read one"),
        .optional("app", .object(app), "the release's artifact and its environment variables"),
        .optional("probes", .list(.object(probeTarget)), "what readiness depends on"),
        .optional("deploy", .object(deploy), "slots, router and gates of a blue/green deploy"),
        .optional(
            "smoke", .either(.object(smokeStep), smoke), "requests that a candidate must answer before it gets traffic"),
        .optional("notify", .list(.object(notification)), "who is told what a deploy does"),
        .optional("stack", .object(stack), "what the Terraform stacks are rendered from"),
        .optional(
            "maintenance", .list(.object(maintenanceWindow)),
            "windows in which a critical environment may be disturbed"),
        .optional("drills", .object(drills), "rehearsals of a disaster"),
    ])

    static let app = ObjectShape(
        [
            .optional("artifact", .path, "the executable of a release"),
            .optional("image", .string, "the image of a release, by digest: NAME@sha256:DIGEST"),
            .optional("arguments", .list(.string), "arguments that make it serve"),
            .optional("migrate", .list(.string), "arguments that apply the expanding database migrations"),
            .optional("contract", .list(.string), "arguments that apply the contracting ones: opsctl deploy contract"),
            .required("environment", .map(.object(variable)), "environment variables of the app, by name"),
            .optional("forbidden", .list(.string), "names of variables that must not be declared here, such as DEBUG"),
            .optional(
                "distinct_from", .list(.string), "environments whose secrets must not be used here, such as staging"),
        ], exactlyOne: ["artifact", "image"])

    package static let variable = ObjectShape(
        [
            .required("value", .template([.slot, .release]), "the value; secrets by ${env:NAME} or ${file:path}"),
            .optional("type", .choice(VariableType.allCases.map(\.rawValue)), "what the value must be; default string"),
            .optional("minimum_bits", .integer(0...4096), "least strength of a secret; default 256"),
            .optional("choices", .list(.string), "allowed values of a choice"),
            .optional("bytes", .integer(1...4096), "exact count of decoded bytes of base64 or hex"),
            .optional("pattern", .string, "regular expression that the whole value must match"),
            .optional("required", .boolean, "whether a value must be there; default true"),
            .optional("needs", .list(.string), "variables that must have a value when this one has"),
            .optional("differs_from", .list(.string), "variables whose value this one must not have"),
        ], conditions: [.init(key: "type", value: "choice", demands: "choices")])

}

/// What an environment variable's value must be.
package enum VariableType: String, Sendable, CaseIterable {
    case string, integer, number, boolean, duration, port, path, url, secret, choice, listen, email, host, base64, hex,
        json
    case postgresURL = "postgres_url"
    case redisURL = "redis_url"
    case bucketURL = "bucket_url"
}
