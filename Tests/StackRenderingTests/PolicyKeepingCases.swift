import Foundation
import StackRendering

extension PolicyCase {
    static let keeping: [PolicyCase] =
        mustBeTrue("kms.rotation", "aws_kms_key", "enable_key_rotation") + keepingCases + destroyCases

    private static let logs = "aws_cloudwatch_log_group"
    private static let alarm = "aws_cloudwatch_metric_alarm"
    private static let version = "aws_secretsmanager_secret_version"

    private static let keepingCases: [PolicyCase] = [
        .resource(
            "kms.rotation", .holds, "a signing key", "aws_kms_key",
            ["key_usage": "SIGN_VERIFY", "enable_key_rotation": false]),
        .resource("logs.retention", .holds, "90 days", logs, ["retention_in_days": 90]),
        .resource("logs.retention", .broken, "for ever", logs, ["retention_in_days": 0]),
        .resource("logs.retention", .unknown, "not known", logs, [:], unknown: ["retention_in_days": true]),
        .resource("logs.encrypted", .holds, "a key", logs, ["kms_key_id": "arn"]),
        .resource("logs.encrypted", .broken, "no key", logs, ["kms_key_id": NSNull()]),
        .resource("logs.encrypted", .unknown, "not known", logs, [:], unknown: ["kms_key_id": true]),
        PolicyCase("logs.encrypted", .holds, "a key of the same plan") {
            PlanSample().with("aws_cloudwatch_log_group.this", ["create"], after: [:], unknown: ["kms_key_id": true])
                .declaring("aws_cloudwatch_log_group.this", ["kms_key_id": refers("aws_kms_key.this.arn")])
        },
        .resource(
            "secrets.in_state", .holds, "write-only", version,
            ["secret_string": NSNull(), "secret_string_wo_version": 1]),
        .resource("secrets.in_state", .broken, "in clear", version, ["secret_string": "made-up-secret"]),
        .resource("secrets.in_state", .unknown, "not known", version, [:], unknown: ["secret_string": true]),
        .resource(
            "secrets.in_state", .broken, "a parameter of a type that is not known", "aws_ssm_parameter",
            ["value": "made-up-secret"], unknown: ["type": true]),
        .resource("secrets.in_state", .broken, "a generated password", "random_password", ["length": 20]),
        .resource("secrets.in_state", .broken, "a private key", "tls_private_key", ["algorithm": "RSA"]),
        .resource("secrets.in_state", .broken, "an access key", "aws_iam_access_key", ["user": "a"]),
        .resource(
            "secrets.in_state", .holds, "an encrypted access key", "aws_iam_access_key",
            ["user": "a", "pgp_key": "keybase:a"]),
        .resource(
            "secrets.in_state", .broken, "a token of Redis", "aws_elasticache_replication_group",
            ["auth_token": "made-up-token"]),
        .resource(
            "secrets.in_state", .holds, "no token of Redis", "aws_elasticache_replication_group",
            ["auth_token": NSNull()]),
        .resource("secrets.in_state", .broken, "a user's password", "aws_elasticache_user", ["passwords": ["made-up"]]),
        .resource(
            "secrets.in_state", .broken, "a user's password in a block", "aws_elasticache_user",
            ["authentication_mode": [["type": "password", "passwords": ["made-up"]] as [String: any Sendable]]]),
        .resource(
            "secrets.in_state", .holds, "a user without a password", "aws_elasticache_user",
            ["authentication_mode": [["type": "iam", "password_count": 0] as [String: any Sendable]]]),
        PolicyCase("secrets.in_state", .holds, "a user without a password, marked as sensitive") {
            PlanSample().with(
                "aws_elasticache_user.this", after: ["authentication_mode": [["passwords": "(sensitive)"]]]
            )
            .declaring("aws_elasticache_user.this", ["authentication_mode": [["type": ["constant_value": "iam"]]]])
        },
        .resource(
            "secrets.in_state", .broken, "a secure parameter", "aws_ssm_parameter",
            ["type": "SecureString", "value": "made-up-secret"]),
        .resource(
            "secrets.in_state", .holds, "a plain parameter", "aws_ssm_parameter", ["type": "String", "value": "x"]),
        .resource("alarm.actions", .holds, "a topic", alarm, ["alarm_actions": ["arn"], "actions_enabled": true]),
        PolicyCase("alarm.actions", .holds, "a part of a composite alarm") {
            PlanSample().with("aws_cloudwatch_metric_alarm.this", after: ["alarm_name": "fast"])
                .with(
                    "aws_cloudwatch_composite_alarm.this",
                    after: ["alarm_rule": "ALARM(\"fast\") AND ALARM(\"slow\")", "alarm_actions": ["arn"]])
        },
        PolicyCase("alarm.actions", .broken, "a part of a composite alarm of another name") {
            PlanSample().with("aws_cloudwatch_metric_alarm.this", after: ["alarm_name": "fast"])
                .with(
                    "aws_cloudwatch_composite_alarm.this",
                    after: ["alarm_rule": "ALARM(\"faster\")", "alarm_actions": ["arn"]])
        },
        .resource("alarm.actions", .broken, "none", alarm, ["alarm_actions": [] as [String]]),
        .resource("alarm.actions", .broken, "off", alarm, ["alarm_actions": ["arn"], "actions_enabled": false]),
        .resource("alarm.actions", .unknown, "not known", alarm, [:], unknown: ["alarm_actions": true]),
        PolicyCase("alarm.actions", .holds, "a topic of the same plan") {
            PlanSample().with(
                "aws_cloudwatch_metric_alarm.this", ["create"], after: ["alarm_actions": [NSNull()]],
                unknown: ["alarm_actions": [true]]
            )
            .declaring("aws_cloudwatch_metric_alarm.this", ["alarm_actions": refers("aws_sns_topic.this.arn")])
        },
    ]

    private static func change(
        _ outcome: Outcome, _ because: String, in protection: Protection, _ actions: [String],
        type: String = "aws_s3_bucket"
    )
        -> PolicyCase
    {
        PolicyCase("stateful.destroyed", outcome, because, in: protection) {
            PlanSample().with("\(type).this", actions, before: ["x": 1], after: actions == ["delete"] ? nil : ["x": 2])
        }
    }

    private static let destroyCases: [PolicyCase] = [
        change(.broken, "destroyed", in: .critical, ["delete"]),
        change(.broken, "replaced", in: .standard, ["delete", "create"]),
        change(.holds, "updated", in: .critical, ["update"]), change(.holds, "ephemeral", in: .ephemeral, ["delete"]),
        change(.broken, "a registry", in: .critical, ["delete"], type: "aws_ecr_repository"),
        change(.broken, "logs", in: .critical, ["delete", "create"], type: "aws_cloudwatch_log_group"),
        change(.broken, "versions", in: .critical, ["delete"], type: "aws_s3_bucket_versioning"),
        change(.holds, "without state", in: .critical, ["delete"], type: "aws_sns_topic"),
    ]

    static let place: [PolicyCase] = [
        PolicyCase("place.account", .holds, "bound") {
            provider(["allowed_account_ids": ["constant_value": ["123456789012"]]])
        },
        PolicyCase("place.account", .broken, "not bound") { provider([:]) },
        PolicyCase("place.account", .broken, "bound to another") {
            provider(["allowed_account_ids": ["constant_value": ["1"]]])
        },
        .resource(
            "place.account", .broken, "an ARN of another", "aws_sns_topic",
            ["arn": "arn:aws:sns:eu-west-1:210987654321:a"]),
        .resource("place.account", .holds, "an ARN without", "aws_s3_bucket", ["arn": "arn:aws:s3:::a"]),
        PolicyCase("place.region", .holds, "the region") { provider(["region": ["constant_value": "eu-west-1"]]) },
        PolicyCase("place.region", .holds, "by a variable") {
            provider(["region": refers("var.region")]).setting("variables", to: ["region": ["value": "eu-west-1"]])
        },
        PolicyCase("place.region", .broken, "another") { provider(["region": ["constant_value": "us-east-2"]]) },
        PolicyCase("place.region", .unknown, "computed") { provider(["region": refers("local.region")]) },
        .resource(
            "place.region", .broken, "an ARN of another", "aws_sns_topic",
            ["arn": "arn:aws:sns:us-east-2:123456789012:a"]),
        .resource("tags.required", .holds, "all", "aws_sns_topic", ["tags_all": tags]),
        .resource("tags.required", .holds, "cannot be tagged", "aws_iam_role_policy", [:]),
        .resource(
            "tags.required", .broken, "one is missing", "aws_sns_topic", ["tags_all": tags.filter { $0.key != "Owner" }]
        ),
        .resource(
            "tags.required", .broken, "one is empty", "aws_sns_topic", ["tags_all": tags.merging(["Owner": ""]) { $1 }]),
        .resource("tags.required", .broken, "none", "aws_sns_topic", ["tags_all": NSNull()]),
        .resource("tags.required", .unknown, "not known", "aws_sns_topic", [:], unknown: ["tags_all": true]),
    ]

    private static let tags = Dictionary(
        uniqueKeysWithValues: ["Product", "Environment", "Layer", "ManagedBy", "Owner", "DataClass", "CostCentre"].map {
            ($0, "x")
        })

    private static func provider(_ expressions: [String: Any]) -> PlanSample {
        PlanSample().setting(
            "configuration",
            to: [
                "provider_config": [
                    "aws": [
                        "name": "aws", "full_name": "registry.terraform.io/hashicorp/aws", "expressions": expressions,
                    ]
                ]
            ])
    }
}
