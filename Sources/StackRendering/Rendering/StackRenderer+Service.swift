/// Layers of the application and what stands around it.
extension StackRenderer {
    func edgeParts() -> Parts {
        guard let edge = settings.edge else { preconditionFailure("the layer edge is only rendered with its settings") }
        let keys = edge.signingKeys.map { key in
            HCLValue.object([
                HCLField("name", .string(key.name)), HCLField("public_key", .string(key.publicKey)),
            ])
        }
        return Parts(
            modules: [
                module(
                    "edge", providers: [("aws", "aws"), ("aws.global", "aws.global")],
                    [
                        ("bucket", .expression("var.storage.bucket")),
                        ("bucket_domain", .expression("var.storage.domain")),
                        ("logs_bucket_domain", .expression("var.storage.logs_bucket_domain")),
                        ("domain", .string(edge.domain)),
                        ("zone_id", .string(edge.zoneID)),
                        ("rate_limit", .integer(edge.rateLimit)),
                        ("ttl_seconds", .integer(edge.ttlSeconds)),
                        ("price_class", .string(edge.priceClass)),
                        ("signing_keys", .list(keys)),
                    ])
            ],
            outputs: [
                output(
                    "edge", "Where files are served to the world.",
                    ["domain", "distribution_id", "distribution_arn", "key_group_id", "key_pair_ids"]),
                probeTargets("edge"),
            ])
    }

    func supplyParts() -> Parts {
        Parts(
            modules: [module("registry", []), module("secrets", [("secrets", secretList)])],
            outputs: [
                output("registry", "Where images are pushed.", ["repository_url", "repository_arn", "key_arn"]),
                output("secrets", "Where secrets are kept, by the variable that holds them.", ["arns", "key_arn"]),
                probeTargets("registry", "secrets"),
            ])
    }

    func appParts() -> Parts {
        Parts(
            modules: [module("service", serviceArguments)],
            outputs: [
                output(
                    "service", "Where the application answers, and what moves its traffic.",
                    [
                        "url", "load_balancer_arn", "load_balancer_suffix", "target_group_arns",
                        "target_group_suffixes",
                        "listener_arn", "cluster", "services", "log_group", "web_acl_arn", "key_arn",
                    ]),
                probeTargets("service"),
            ])
    }

    func observabilityParts() -> Parts {
        let objectives = settings.objectives
        return Parts(
            modules: [
                module(
                    "observability",
                    [
                        ("load_balancer_suffix", .expression("var.service.load_balancer_suffix")),
                        ("target_group_suffixes", .expression("var.service.target_group_suffixes")),
                        ("log_group", .expression("var.service.log_group")),
                        ("cluster", .expression("var.service.cluster")),
                        ("services", .expression("var.service.services")),
                        ("postgres_identifiers", .expression("var.postgres.identifiers")),
                        ("redis_members", .expression("var.redis.members")),
                        ("latency_p99_ms", .integer(objectives.latencyP99Milliseconds)),
                        ("error_rate_percent", .number(objectives.errorRatePercent)),
                        ("alert_emails", .list(settings.alertEmails.map(HCLValue.string))),
                    ])
            ],
            outputs: [
                output("observability", "Where alarms go.", ["topic_arn", "alarm_names"]),
                probeTargets("observability"),
            ])
    }

    private var secretList: HCLValue {
        .list(
            settings.secrets.map { secret in
                .object([
                    HCLField("name", .string(secret.name)), HCLField("variable", .string(secret.variable)),
                    HCLField("source", .string(secret.source.rawValue)),
                ])
            })
    }

    private var serviceArguments: [(String, HCLValue)] {
        guard let service = settings.service else {
            preconditionFailure("the layer app is only rendered with its settings")
        }
        let variables = service.environment.sorted { $0.key < $1.key }.map { name, text in
            HCLField(name, StackTemplate(text).value)
        }
        return wiring + [
            ("domain", .string(service.domain)),
            ("zone_id", .string(service.zoneID)),
            ("image_digest", .string(service.imageDigest)),
            ("port", .integer(settings.appPort)),
            ("health_path", .string(service.healthPath)),
            ("cpu", .integer(service.cpu)),
            ("memory", .integer(service.memoryMB)),
            ("tasks", .integer(service.tasks)),
            ("tasks_limit", .integer(service.tasksLimit)),
            ("rate_limit", .integer(service.rateLimit)),
            ("deletion_protection", .boolean(settings.postgres.isProtected)),
            ("log_days", .integer(service.logDays)),
            ("environment", .object(variables)),
        ]
    }

    /// What the service takes of other layers and modules.
    private var wiring: [(String, HCLValue)] {
        let policies = [
            "var.postgres.connect_policy_arn", "var.redis.connect_policy_arn", "var.storage.app_policy_arn",
        ].map(HCLValue.expression)
        func same(_ name: String, _ source: String) -> (String, HCLValue) { (name, .expression(source)) }
        return [
            same("vpc_id", "var.network.vpc_id"),
            same("public_subnet_ids", "var.network.public_subnet_ids"),
            same("private_subnet_ids", "var.network.private_subnet_ids"),
            same("security_group_ids", "var.network.security_group_ids"),
            same("task_role", "var.identity.task_role"),
            same("execution_role", "var.identity.execution_role"),
            same("repository_url", "var.registry.repository_url"),
            same("repository_arn", "var.registry.repository_arn"),
            same("registry_key_arn", "var.registry.key_arn"),
            same("secret_arns", "var.secrets.arns"),
            same("secrets_key_arn", "var.secrets.key_arn"),
            same("logs_bucket", "var.storage.logs_bucket"),
            ("policy_arns", .list(policies)),
        ]
    }
}
