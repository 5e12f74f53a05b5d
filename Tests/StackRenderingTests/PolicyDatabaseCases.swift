import StackRendering

extension PolicyCase {
    static let database: [PolicyCase] =
        mustBeTrue("postgres.encrypted", postgres, "storage_encrypted")
        + mustBeTrue("postgres.deletion_protection", postgres, "deletion_protection")
        + mustBeTrue("postgres.multi_az", postgres, "multi_az") + postgresCases
        + mustBeTrue("redis.tls", redis, "transit_encryption_enabled")
        + mustBeTrue("redis.encrypted", redis, "at_rest_encryption_enabled")
        + mustBeTrue("redis.failover", redis, "automatic_failover_enabled", with: ["multi_az_enabled": true])
        + mustBeTrue("redis.failover", redis, "multi_az_enabled", with: ["automatic_failover_enabled": true])
        + redisCases

    private static let postgres = "aws_db_instance"
    private static let redis = "aws_elasticache_replication_group"
    private static let group = "aws_db_parameter_group"

    private static let postgresCases: [PolicyCase] = [
        .resource("postgres.private", .holds, "it is private", postgres, ["publicly_accessible": false]),
        .resource("postgres.private", .broken, "it is public", postgres, ["publicly_accessible": true]),
        .resource("postgres.private", .unknown, "not known", postgres, [:], unknown: ["publicly_accessible": true]),
        .resource("postgres.backups", .holds, "14 days", postgres, ["backup_retention_period": 14]),
        .resource("postgres.backups", .broken, "7 days when critical", postgres, ["backup_retention_period": 7]),
        .resource("postgres.backups", .holds, "7 days", in: .standard, postgres, ["backup_retention_period": 7]),
        .resource("postgres.backups", .broken, "6 days", in: .ephemeral, postgres, ["backup_retention_period": 6]),
        .resource("postgres.backups", .broken, "not set", postgres, [:]),
        .resource("postgres.backups", .unknown, "not known", postgres, [:], unknown: ["backup_retention_period": true]),
        .resource("postgres.backups", .holds, "a replica", postgres, ["replicate_source_db": "a"]),
        .resource("postgres.multi_az", .holds, "a replica", postgres, ["replicate_source_db": "a", "multi_az": false]),
        .resource("postgres.multi_az", .holds, "not critical", in: .standard, postgres, ["multi_az": false]),
        .resource(
            "postgres.force_ssl", .holds, "the parameter is set", group,
            ["family": "postgres16", "parameter": [["name": "rds.force_ssl", "value": "1"]]]),
        .resource(
            "postgres.force_ssl", .broken, "the parameter is 0", group,
            ["family": "postgres16", "parameter": [["name": "rds.force_ssl", "value": "0"]]]),
        .resource(
            "postgres.force_ssl", .broken, "no parameter", group, ["family": "postgres16", "parameter": [] as [String]]),
        .resource("postgres.force_ssl", .holds, "of another engine", group, ["family": "mysql8.0"]),
        .resource(
            "postgres.force_ssl", .broken, "the default group", postgres, ["parameter_group_name": "default.postgres16"]
        ),
        .resource("postgres.force_ssl", .broken, "no group", postgres, ["engine": "postgres"]),
        .resource("postgres.force_ssl", .holds, "no group, another engine", postgres, ["engine": "mysql"]),
        .resource(
            "postgres.force_ssl", .holds, "no group of its own, a replica", postgres, ["replicate_source_db": "a"]),
        .resource("postgres.force_ssl", .holds, "a group", postgres, ["parameter_group_name": "app"]),
        .resource(
            "postgres.force_ssl", .unknown, "a group that is not known", postgres, [:],
            unknown: ["parameter_group_name": true]),
        PolicyCase("postgres.force_ssl", .broken, "no group in a first plan") { server([:]) },
        PolicyCase("postgres.force_ssl", .holds, "a group of the same plan") {
            server(["parameter_group_name": refers("aws_db_parameter_group.this.name", "aws_db_parameter_group.this")])
        },
        PolicyCase("postgres.force_ssl", .unknown, "a group of somebody else") {
            server(["parameter_group_name": refers("local.group")])
        },
        .resource(
            "postgres.force_ssl", .unknown, "parameters not known", group, ["family": "postgres16"],
            unknown: ["parameter": true]),
        .resource("postgres.password", .holds, "none", postgres, ["manage_master_user_password": true]),
        .resource("postgres.password", .broken, "in clear", postgres, ["password": "made-up-password"]),
        PolicyCase("postgres.password", .broken, "from another resource") {
            PlanSample().with("aws_db_instance.this", ["create"], after: [:], unknown: ["password": true])
                .declaring("aws_db_instance.this", ["password": refers("random_password.this.result")])
        },
        .resource("postgres.password", .unknown, "not known", postgres, [:], unknown: ["password": true]),
    ]

    private static func server(_ expressions: [String: Any]) -> PlanSample {
        PlanSample().with(
            "aws_db_instance.this", ["create"], after: ["engine": "postgres"], unknown: ["parameter_group_name": true]
        )
        .declaring("aws_db_instance.this", expressions)
        .with(
            "aws_db_parameter_group.this", ["create"],
            after: ["family": "postgres16", "parameter": [["name": "rds.force_ssl", "value": "1"]]],
            unknown: ["name": true])
    }

    private static let redisCases: [PolicyCase] = [
        .resource("redis.encrypted", .holds, "true as text", redis, ["at_rest_encryption_enabled": "true"]),
        .resource("redis.encrypted", .broken, "false as text", redis, ["at_rest_encryption_enabled": "false"]),
        .resource(
            "redis.tls", .broken, "only preferred", redis,
            ["transit_encryption_enabled": true, "transit_encryption_mode": "preferred"]),
        .resource("redis.auth", .holds, "a user group", redis, ["user_group_ids": ["users"]]),
        .resource("redis.auth", .holds, "a token", redis, ["auth_token": "made-up-token"]),
        .resource("redis.auth", .broken, "neither", redis, ["user_group_ids": [] as [String]]),
        .resource("redis.auth", .unknown, "not known", redis, [:], unknown: ["user_group_ids": true]),
        PolicyCase("redis.auth", .holds, "a user group of the same plan") {
            PlanSample().with(
                "aws_elasticache_replication_group.this", ["create"], after: [:], unknown: ["user_group_ids": true]
            )
            .declaring(
                "aws_elasticache_replication_group.this",
                ["user_group_ids": refers("aws_elasticache_user_group.this.id")])
        },
        .resource("redis.failover", .holds, "not critical", in: .standard, redis, [:]),
    ]
}
