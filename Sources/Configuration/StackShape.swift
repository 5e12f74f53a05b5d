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
        .optional("bucket", .object(stackBucket), "S3 bucket of the files; default: no expiry, no CORS"),
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

    static let stackBucket = ObjectShape([
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
}
