extension ObjectShape {
    /// `stack` of an environment file: everything its Terraform files are rendered from. No references: what is rendered
    /// must not depend on who renders it.
    static let stack = ObjectShape([
        .required("product", .string, "first half of every name: <product>-<environment>, at most 20 characters"),
        .required("owner", .string, "team that answers for it; a tag"),
        .required("cost_centre", .string, "who pays; a tag"),
        .required(
            "data_class", .choice(["public", "internal", "confidential", "restricted"]), "how secret its data is; a tag"
        ),
        .required("account_id", .string, "AWS account, twelve digits in quotes; any other is refused"),
        .required("region", .string, "AWS region"),
        .optional("replica_region", .string, "second region for copies of the files; default: no copies"),
        .required("availability_zones", .list(.string), "two to four zones of the region"),
        .required("cidr", .string, "private IPv4 range of the network, /16 to /24"),
        .optional(
            "nat", .choice(["none", "single", "per_az"]),
            "outbound internet of the app: none, single gateway, per_az; default single"),
        .optional("app_port", .integer(1024...65535), "port the app listens on behind the load balancer; default 8080"),
        .required("state_bucket", .string, "S3 bucket of Terraform's state; must exist before plan and apply"),
        .optional("postgres", .object(stackPostgres), "PostgreSQL on RDS; default: the smallest server"),
        .optional("redis", .object(stackRedis), "Redis on ElastiCache; default: one small node"),
        .optional("storage", .object(stackStorage), "S3 bucket of the files; default: no expiry, no CORS"),
        .optional(
            "ci", .object(stackPipeline), "the pipeline that may plan, apply and deploy; default: no roles for one"),
        .optional(
            "service", .object(stackService),
            "the application behind a load balancer; default: no layers app, observability"),
        .optional("secrets", .list(.object(stackSecret)), "secrets of the application: names only; default none"),
        .optional("edge", .object(stackEdge), "CDN for signed downloads; default: no layer edge"),
        .optional("slo", .object(stackObjectives), "what alarms watch over"),
        .optional("alert_emails", .list(.string), "addresses that alarms go to; default none"),
    ])

    static let stackPostgres = ObjectShape([
        .optional("version", .choice(["15", "16", "17"]), "major version; default 16"),
        .optional("instance_class", .string, "size of primary and replicas; default db.t4g.medium"),
        .optional("storage_gb", .integer(20...65536), "storage at first; default 20"),
        .optional("storage_limit_gb", .integer(20...65536), "size it may grow to; default four times storage_gb"),
        .optional("multi_az", .boolean, "standby in a second zone; default false"),
        .optional("backup_days", .integer(1...35), "reach of point-in-time recovery; default 7"),
        .optional("replicas", .integer(0...5), "read replicas; default 0"),
        .optional("deletion_protection", .boolean, "refuse to be deleted; default true"),
    ])

    static let stackRedis = ObjectShape([
        .optional("version", .choice(["7.0", "7.1"]), "version; default 7.1"),
        .optional("node_type", .string, "size of each node; default cache.t4g.small"),
        .optional("nodes", .integer(1...6), "one master and its replicas; default 1"),
        .optional(
            "maxmemory_policy",
            .choice([
                "allkeys-lfu", "allkeys-lru", "allkeys-random", "noeviction", "volatile-lfu", "volatile-lru",
                "volatile-random", "volatile-ttl",
            ]), "what happens when memory is full; default noeviction"),
        .optional("snapshot_days", .integer(1...35), "days that daily snapshots are kept; default 7"),
    ])

    static let stackStorage = ObjectShape([
        .optional(
            "retention_days", .integer(0...3650),
            "days that no version can be removed (object lock, governance); default 0: no lock"),
        .optional("noncurrent_days", .integer(1...3650), "days that replaced and deleted versions stay; default 30"),
        .optional("abort_multipart_days", .integer(1...30), "days that unfinished uploads stay; default 3"),
        .optional("expire", .list(.object(stackExpiration)), "prefixes whose objects expire; default none"),
        .optional("cors_origins", .list(.string), "https origins of pages that upload by presigned URL; default none"),
        .optional("access_log_days", .integer(30...3650), "days that access logs stay; default 90"),
    ])

    static let stackExpiration = ObjectShape([
        .required("prefix", .string, "beginning of the objects' keys, for example jobs/"),
        .required("days", .integer(1...3650), "days after which they expire"),
    ])

    static let stackPipeline = ObjectShape([
        .required("repository", .string, "repository on GitHub, owner/name"),
        .optional("branch", .string, "branch whose runs may apply; default main"),
        .optional(
            "owns_provider", .boolean,
            "make the account's OIDC provider; false where another environment does; default true"),
    ])

    static let stackService = ObjectShape([
        .required("domain", .string, "host name of the application"),
        .required("zone_id", .string, "hosted zone of Route 53 that the name lies in"),
        .required("image_digest", .string, "first image, by digest; later ones are deployed by opsctl deploy"),
        .optional(
            "health_path", .string,
            "path that the load balancer asks; default /healthz: a lost dependency must not take every task away"),
        .optional("cpu", .integer(256...4096), "units of 1/1024 processor of a task; default 512"),
        .optional("memory_mb", .integer(512...30720), "memory of a task; default 1024"),
        .optional("tasks", .integer(1...100), "tasks of the live slot at least; default 1"),
        .optional("tasks_limit", .integer(1...1000), "tasks of a slot at most; default 4"),
        .optional(
            "rate_limit", .integer(100...1_000_000), "requests of one address in five minutes; default 2000"),
        .optional("log_days", .integer(30...3653), "days that logs are kept, as CloudWatch offers; default 90"),
        .optional(
            "environment", .map(.string), "variables of the container; ${stack:output.member} is filled in by Terraform"
        ),
    ])

    static let stackSecret = ObjectShape([
        .required("name", .string, "name in the store, after <product>-<environment>/"),
        .required("variable", .string, "variable that the container gets it in"),
        .required(
            "source", .choice(["generated", "supplied"]),
            "generated: random, made once; supplied: an operator puts it there"),
    ])

    static let stackEdge = ObjectShape([
        .required("domain", .string, "host name of the downloads"),
        .required("zone_id", .string, "hosted zone of Route 53 that the name lies in"),
        .required("signing_keys", .list(.object(stackSigningKey)), "public keys whose signatures are accepted"),
        .optional("rate_limit", .integer(100...1_000_000), "requests of one address in five minutes; default 2000"),
        .optional("ttl_seconds", .integer(0...31_536_000), "time that the CDN keeps a file; default 3600"),
        .optional(
            "price_class", .choice(["PriceClass_100", "PriceClass_200", "PriceClass_All"]),
            "places it is served from; default PriceClass_100"),
    ])

    static let stackSigningKey = ObjectShape([
        .required("name", .string, "such as 2026-11: keys are replaced by adding one and removing the old one later"),
        .required("public_key", .string, "RSA public key, PEM"),
    ])

    static let stackObjectives = ObjectShape([
        .optional("latency_p99", .duration, "slowest answer that 99 % of requests may take; default 1s"),
        .optional("error_rate_percent", .number(0.01...50), "share of requests that may fail; default 1"),
    ])
}
