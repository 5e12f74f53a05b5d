extension StackRenderer {
    func networkParts() -> Parts {
        let shared = ["vpc_id", "public_subnet_ids", "private_subnet_ids", "data_subnet_ids", "security_group_ids"]
        return Parts(
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
                output("network", "What other layers need of the network: their variable `network`.", shared),
                probeTargets(["network"]),
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
            variables: [networkVariable],
            outputs: [
                output(
                    "postgres", "Where PostgreSQL is, and what may connect to it.",
                    ["endpoint", "replica_endpoints", "database", "master_secret_arn", "connect_policy_arn", "key_arn"]),
                output(
                    "redis", "Where Redis is, and what may connect to it.",
                    ["endpoint", "reader_endpoint", "user", "connect_policy_arn", "key_arn"]),
                probeTargets(["postgres", "redis"]),
            ])
    }

    func storageParts() -> Parts {
        let replica = settings.replicaRegion == nil ? "aws" : "aws.replica"
        let providers: [HCLBlock.Item] = [
            .set(
                "providers",
                .references([
                    HCLField("aws", .expression("aws")), HCLField("aws.replica", .expression(replica)),
                ]))
        ]
        return Parts(
            modules: [module("bucket", bucketArguments, before: providers)],
            outputs: [
                output(
                    "bucket", "Where files are, and what may use them.",
                    [
                        "bucket", "bucket_arn", "domain", "logs_bucket", "replica_bucket", "app_policy_arn",
                        "probe_policy_arn", "key_arn",
                    ]),
                probeTargets(["bucket"]),
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

    private var bucketArguments: [(String, HCLValue)] {
        let bucket = settings.bucket
        let expirations = bucket.expirations.map { expiration in
            HCLValue.object([
                HCLField("prefix", .string(expiration.prefix)), HCLField("days", .integer(expiration.days)),
            ])
        }
        return [
            ("retention_days", .integer(bucket.retentionDays)),
            ("noncurrent_days", .integer(bucket.noncurrentDays)),
            ("abort_multipart_days", .integer(bucket.abortMultipartDays)),
            ("access_log_days", .integer(bucket.accessLogDays)),
            ("cors_origins", .list(bucket.corsOrigins.map(HCLValue.string))),
            ("is_replicated", .boolean(settings.replicaRegion != nil)),
            ("expirations", .list(expirations)),
        ]
    }

    private var networkVariable: HCLBlock {
        HCLBlock(
            "variable", ["network"],
            [
                .set("description", .string("Output `network` of the layer network.")),
                .set(
                    "type",
                    .call(
                        "object",
                        .object([
                            HCLField("data_subnet_ids", .expression("list(string)")),
                            HCLField(
                                "security_group_ids", .expression("object({ postgres = string, redis = string })")),
                        ]))),
            ])
    }
}

extension StackRenderer {
    private func module(
        _ name: String, _ arguments: [(String, HCLValue)], before: [HCLBlock.Item] = []
    ) -> HCLBlock {
        HCLBlock(
            "module", [name],
            [.set("source", .string("\(Self.modules)/\(name)"))] + before
                + [.blankLine, .set("name", .string(settings.name))] + arguments.map { .set($0.0, $0.1) })
    }

    private func output(_ module: String, _ description: String, _ names: [String]) -> HCLBlock {
        HCLBlock(
            "output", [module],
            [
                .set("description", .string(description)),
                .set("value", .object(names.map { HCLField($0, .expression("module.\(module).\($0)")) })),
            ])
    }

    private func probeTargets(_ modules: [String]) -> HCLBlock {
        let lists = modules.map { "module.\($0).probe_targets" }
        return HCLBlock(
            "output", ["probe_targets"],
            [
                .set("description", .string("What opsctl verifies about this layer.")),
                .set("value", .expression(lists.count == 1 ? lists[0] : "concat(\(lists.joined(separator: ", ")))")),
            ])
    }
}
