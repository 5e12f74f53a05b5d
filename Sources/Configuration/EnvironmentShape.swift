extension ObjectShape {
    /// `environments/<name>.yaml`.
    package static let environment = ObjectShape([
        .required("version", .integer(1...1), "the format of this file: 1"),
        .required(
            "protection", .choice(["ephemeral", "standard", "critical"]),
            "how careful commands are: critical for production"),
        .optional("app", .object(app), "the release's artifact and its environment variables"),
        .optional("probes", .list(.object(probeTarget)), "what readiness depends on"),
        .optional("deploy", .object(deploy), "slots, router and gates of a blue/green deploy"),
        .optional("smoke", .list(.object(smokeStep)), "requests that a candidate must answer before it gets traffic"),
        .optional("stack", .object(stack), "what the Terraform stacks are rendered from"),
        .optional("drills", .object(drills), "rehearsals of a disaster"),
    ])

    static let app = ObjectShape([
        .required("artifact", .path, "the executable of a release"),
        .optional("arguments", .list(.string), "arguments that make it serve"),
        .optional("migrate", .list(.string), "arguments that apply the expanding database migrations"),
        .required("environment", .map(.object(variable)), "environment variables of the app, by name"),
    ])

    package static let variable = ObjectShape(
        [
            .required("value", .template([.slot, .release]), "the value; secrets by ${env:NAME} or ${file:path}"),
            .optional("type", .choice(VariableType.allCases.map(\.rawValue)), "what the value must be; default string"),
            .optional("minimum_bits", .integer(0...4096), "least strength of a secret; default 256"),
            .optional("choices", .list(.string), "allowed values of a choice"),
        ], conditions: [.init(key: "type", value: "choice", demands: "choices")])

    static let probeTarget = ObjectShape(
        [
            .required("name", .string, "name of the target in reports"),
            .optional("timeout", .duration, "limit for the whole target; default 5s"),
            .optional("postgres", .object(postgresProbe), "a PostgreSQL server"),
            .optional("redis", .object(redisProbe), "a Redis server"),
            .optional("bucket", .object(bucketProbe), "an S3 bucket or a directory"),
            .optional("http", .object(httpProbe), "an HTTP service"),
        ], exactlyOne: ["postgres", "redis", "bucket", "http"])

    static let postgresProbe = ObjectShape([
        .required("url", .secret, "postgresql:// URL of the probing role"),
        .optional("role", .choice(["primary", "replica"]), "expected role; default primary"),
        .optional(
            "tls", .choice(["required", "verified", "off"]), "expected protection of the session; default verified"),
        .optional(
            "refuse_plaintext", .boolean, "whether a session without TLS must be refused; default: unless tls is off"),
        .optional("canary", .boolean, "whether to write, read and remove a row; default true on a primary"),
    ])

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

    static let bucketProbe = ObjectShape(
        [
            .optional("s3", .object(s3), "a bucket behind the S3 API"),
            .optional("directory", .path, "a folder used as a bucket"),
            .optional("canary_prefix", .string, "prefix of the canary's key; default opsctl-canary/"),
            .optional("refuse_anonymous", .boolean, "whether an unsigned GET must be refused; default true"),
            .optional("presigned", .boolean, "whether to test presigned URLs; default true"),
        ], exactlyOne: ["s3", "directory"])

    static let s3 = ObjectShape([
        .required("endpoint", .string, "base URL of the S3 API"),
        .required("region", .string, "region that requests are signed for"),
        .required("bucket", .string, "name of the bucket"),
        .optional("addressing", .choice(["path", "virtual"]), "path or virtual host style; default virtual"),
        .required("access_key", .string, "access key ID"),
        .required("secret_key", .secret, "secret access key"),
        .optional("authority", .path, "CA file that signed the endpoint's certificate"),
    ])

    static let httpProbe = ObjectShape([
        .required("url", .string, "URL to GET"),
        .optional("status", .list(.integer(100...599)), "accepted statuses; default 200"),
        .optional("headers", .map(.string), "headers that must be there, with a part of their value"),
        .optional("body_contains", .string, "text that the body must contain"),
        .optional("within", .duration, "longest time to the last byte"),
        .optional("authority", .path, "CA file that signed the certificate"),
    ])
}

/// What an environment variable's value must be.
package enum VariableType: String, Sendable, CaseIterable {
    case string, integer, boolean, duration, port, path, url, secret, choice, listen
    case postgresURL = "postgres_url"
    case redisURL = "redis_url"
    case bucketURL = "bucket_url"
}
