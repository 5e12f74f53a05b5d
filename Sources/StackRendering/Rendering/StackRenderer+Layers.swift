/// Layers that everything else stands on.
extension StackRenderer {
    func bootstrapParts() -> Parts {
        Parts(
            modules: [module("bootstrap", isNamed: false, [("state_bucket", .string(settings.stateBucket))])],
            outputs: [
                output("bootstrap", "Where every layer's state is.", ["state_bucket", "key_arn"]),
                probeTargets("bootstrap"),
            ])
    }

    func identityParts() -> Parts {
        let pipeline = settings.pipeline.map { pipeline in
            HCLValue.object([
                HCLField("repository", .string(pipeline.repository)), HCLField("branch", .string(pipeline.branch)),
                HCLField("owns_provider", .boolean(pipeline.ownsProvider)),
            ])
        }
        return Parts(
            modules: [
                module(
                    "identity",
                    [
                        ("environment", .string(settings.environment)),
                        ("state_bucket", .string(settings.stateBucket)),
                    ] + (pipeline.map { [("ci", $0)] } ?? []))
            ],
            outputs: [
                output(
                    "identity", "Roles of the application and of its pipeline.",
                    [
                        "task_role", "execution_role", "boundary_arn", "plan_role_arn", "apply_role_arn",
                        "deploy_role_arn",
                    ]),
                probeTargets("identity"),
            ])
    }

    func networkParts() -> Parts {
        Parts(
            modules: [
                module(
                    "network",
                    [
                        ("cidr", .string(settings.cidr)),
                        ("availability_zones", .list(settings.availabilityZones.map(HCLValue.string))),
                        ("nat", .string(settings.nat.rawValue)),
                        ("app_port", .integer(settings.appPort)),
                    ])
            ],
            outputs: [
                output(
                    "network", "What other layers need of the network: their variable `network`.",
                    ["vpc_id", "public_subnet_ids", "private_subnet_ids", "data_subnet_ids", "security_group_ids"]),
                probeTargets("network"),
            ])
    }

    func storageParts() -> Parts {
        let replica = settings.replicaRegion == nil ? "aws" : "aws.replica"
        return Parts(
            modules: [module("storage", providers: [("aws", "aws"), ("aws.replica", replica)], storageArguments)],
            outputs: [
                output(
                    "storage", "Where files are, and what may use them.",
                    [
                        "bucket", "bucket_arn", "domain", "logs_bucket", "logs_bucket_domain", "replica_bucket",
                        "app_policy_arn", "probe_policy_arn", "key_arn",
                    ]),
                probeTargets("storage"),
            ])
    }

    func dataParts() -> Parts {
        let subnets = ("subnet_ids", HCLValue.expression("var.network.data_subnet_ids"))
        func group(_ name: String) -> (String, HCLValue) {
            ("security_group_id", .expression("var.network.security_group_ids.\(name)"))
        }
        return Parts(
            modules: [
                module("postgres", [subnets, group("postgres")] + postgresArguments),
                module("redis", [subnets, group("redis")] + redisArguments),
            ],
            outputs: [
                output(
                    "postgres", "Where PostgreSQL is, and what may connect to it.",
                    [
                        "endpoint", "replica_endpoints", "database", "identifiers", "master_secret_arn",
                        "connect_policy_arn", "key_arn",
                    ]),
                output(
                    "redis", "Where Redis is, and what may connect to it.",
                    ["endpoint", "reader_endpoint", "user", "group_id", "members", "connect_policy_arn", "key_arn"]),
                probeTargets("postgres", "redis"),
            ])
    }

    private var postgresArguments: [(String, HCLValue)] {
        let postgres = settings.postgres
        return [
            ("major_version", .string(postgres.version)),
            ("instance_class", .string(postgres.instanceClass)),
            ("storage_gb", .integer(postgres.storageGB)),
            ("storage_limit_gb", .integer(postgres.storageLimit)),
            ("multi_az", .boolean(postgres.isMultiZone)),
            ("backup_days", .integer(postgres.backupDays)),
            ("replicas", .integer(postgres.replicas)),
            ("deletion_protection", .boolean(postgres.isProtected)),
        ]
    }

    private var redisArguments: [(String, HCLValue)] {
        let redis = settings.redis
        return [
            ("engine_version", .string(redis.version)),
            ("node_type", .string(redis.nodeType)),
            ("nodes", .integer(redis.nodes)),
            ("maxmemory_policy", .string(redis.maxmemoryPolicy)),
            ("snapshot_days", .integer(redis.snapshotDays)),
        ]
    }

    private var storageArguments: [(String, HCLValue)] {
        let storage = settings.storage
        let expirations = storage.expirations.map { expiration in
            HCLValue.object([
                HCLField("prefix", .string(expiration.prefix)), HCLField("days", .integer(expiration.days)),
            ])
        }
        return [
            ("retention_days", .integer(storage.retentionDays)),
            ("noncurrent_days", .integer(storage.noncurrentDays)),
            ("abort_multipart_days", .integer(storage.abortMultipartDays)),
            ("access_log_days", .integer(storage.accessLogDays)),
            ("cors_origins", .list(storage.corsOrigins.map(HCLValue.string))),
            ("is_replicated", .boolean(settings.replicaRegion != nil)),
            ("is_served_by_cdn", .boolean(settings.edge != nil)),
            ("is_load_balancer_logged", .boolean(settings.service != nil)),
            ("expirations", .list(expirations)),
        ]
    }
}
