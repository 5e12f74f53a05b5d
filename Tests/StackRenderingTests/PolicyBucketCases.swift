import Foundation
import StackRendering

extension PolicyCase {
    static let buckets: [PolicyCase] =
        companionCases + tlsCases + publicCases

    private static func bucket(_ companions: [(type: String, values: [String: any Sendable])]) -> PlanSample {
        companions.reduce(PlanSample().with("aws_s3_bucket.this", after: ["bucket": "files"])) { sample, companion in
            sample.with("\(companion.type).this", after: companion.values.merging(["bucket": "files"]) { $1 })
        }
    }

    private static func companion(
        _ rule: String, _ outcome: Outcome, _ because: String, _ type: String, _ values: [String: any Sendable]
    ) -> PolicyCase { PolicyCase(rule, outcome, because) { bucket([(type, values)]) } }

    private static let block = "aws_s3_bucket_public_access_block"
    private static let versioning = "aws_s3_bucket_versioning"
    private static let encryption = "aws_s3_bucket_server_side_encryption_configuration"
    private static let closed: [String: any Sendable] = [
        "block_public_acls": true, "block_public_policy": true, "ignore_public_acls": true,
        "restrict_public_buckets": true,
    ]

    private static func algorithm(_ name: String) -> [String: any Sendable] {
        ["rule": [["apply_server_side_encryption_by_default": [["sse_algorithm": name]]]]]
    }

    private static let companionCases: [PolicyCase] = [
        companion("bucket.public_access", .holds, "all four", block, closed),
        companion(
            "bucket.public_access", .broken, "three of four", block,
            closed.merging(["block_public_policy": false]) { $1 }),
        PolicyCase("bucket.public_access", .broken, "none") { bucket([]) },
        PolicyCase("bucket.public_access", .broken, "that of another bucket") {
            bucket([]).with(
                "aws_s3_bucket_public_access_block.other", after: closed.merging(["bucket": "other"]) { $1 })
        },
        PolicyCase("bucket.public_access", .unknown, "whose it is cannot be told") {
            PlanSample().with("aws_s3_bucket.this", ["create"], after: ["bucket": "files"])
                .with("aws_s3_bucket_public_access_block.this", ["create"], after: closed, unknown: ["bucket": true])
                .declaring("aws_s3_bucket_public_access_block.this", ["bucket": refers("local.bucket")])
        },
        PolicyCase("bucket.public_access", .holds, "by reference in a first plan") {
            PlanSample().with("aws_s3_bucket.this", ["create"], after: ["bucket": "files"])
                .with("aws_s3_bucket_public_access_block.this", ["create"], after: closed, unknown: ["bucket": true])
                .declaring(
                    "aws_s3_bucket_public_access_block.this",
                    ["bucket": refers("aws_s3_bucket.this.id", "aws_s3_bucket.this")])
        },
        companion(
            "bucket.versioning", .holds, "enabled", versioning, ["versioning_configuration": [["status": "Enabled"]]]),
        companion(
            "bucket.versioning", .broken, "suspended", versioning,
            ["versioning_configuration": [["status": "Suspended"]]]),
        PolicyCase("bucket.versioning", .unknown, "not known") {
            PlanSample().with("aws_s3_bucket.this", after: ["bucket": "files"]).with(
                "aws_s3_bucket_versioning.this", ["create"], after: ["bucket": "files"],
                unknown: ["versioning_configuration": true])
        },
        companion("bucket.encrypted", .holds, "by KMS", encryption, algorithm("aws:kms")),
        companion("bucket.encrypted", .broken, "by what nobody knows", encryption, algorithm("rot13")),
        PolicyCase("bucket.encrypted", .broken, "not said") { bucket([]) },
        PolicyCase("bucket.encrypted", .unknown, "not known") {
            PlanSample().with("aws_s3_bucket.this", after: ["bucket": "files"]).with(
                "aws_s3_bucket_server_side_encryption_configuration.this", ["create"], after: ["bucket": "files"],
                unknown: ["rule": true])
        },
    ]

    private static func policy(_ effect: String, _ action: String, _ more: String) -> [String: any Sendable] {
        ["policy": #"{"Statement":[{"Effect":"\#(effect)","Action":"\#(action)","Resource":"*",\#(more)}]}"#]
    }

    private static let overTLS = #""Condition":{"Bool":{"aws:SecureTransport":"false"}}"#
    private static let overTLSBlock: [String: any Sendable] = [
        "test": "Bool", "variable": "aws:SecureTransport", "values": ["false"],
    ]

    private static let tlsCases: [PolicyCase] = [
        companion(
            "bucket.tls_only", .holds, "denied", "aws_s3_bucket_policy",
            policy("Deny", "s3:*", #""Principal":"*",\#(overTLS)"#)),
        companion(
            "bucket.tls_only", .broken, "only reading", "aws_s3_bucket_policy",
            policy("Deny", "s3:GetObject", #""Principal":"*",\#(overTLS)"#)),
        companion(
            "bucket.tls_only", .broken, "only for some", "aws_s3_bucket_policy",
            policy("Deny", "s3:*", #""Principal":{"AWS":"arn:aws:iam::1:root"},\#(overTLS)"#)),
        companion(
            "bucket.tls_only", .broken, "allowed instead", "aws_s3_bucket_policy",
            policy("Allow", "s3:*", #""Principal":"*",\#(overTLS)"#)),
        companion(
            "bucket.tls_only", .broken, "no such statement", "aws_s3_bucket_policy",
            policy("Deny", "s3:*", #""Principal":"*""#)),
        PolicyCase("bucket.tls_only", .broken, "no policy") { bucket([]) },
        PolicyCase("bucket.tls_only", .holds, "in a document of the first plan") {
            firstPlan(refers("data.aws_iam_policy_document.this.json", "data.aws_iam_policy_document.this"))
        },
        PolicyCase("bucket.tls_only", .unknown, "not known and not from a document") {
            firstPlan(refers("var.policy"))
        },
    ]

    private static func firstPlan(_ source: [String: Any]) -> PlanSample {
        PlanSample().with("aws_s3_bucket.this", ["create"], after: ["bucket": "files"])
            .with("aws_s3_bucket_policy.this", ["create"], after: [:], unknown: ["bucket": true, "policy": true])
            .declaring("aws_s3_bucket_policy.this", ["bucket": refers("aws_s3_bucket.this.id"), "policy": source])
            .document(
                "this",
                [
                    "effect": "Deny", "actions": ["s3:*"], "resources": [NSNull()],
                    "principals": [["type": "*", "identifiers": ["*"]]], "condition": [overTLSBlock],
                ], unknown: ["resources": [true]])
    }

    private static let publicCases: [PolicyCase] = [
        companion(
            "policy.public", .holds, "for a service", "aws_s3_bucket_policy",
            policy("Allow", "s3:GetObject", #""Principal":{"Service":"a.amazonaws.com"}"#)),
        companion(
            "policy.public", .broken, "for everybody", "aws_s3_bucket_policy",
            policy("Allow", "s3:GetObject", #""Principal":"*""#)),
        companion(
            "policy.public", .broken, "for every account", "aws_s3_bucket_policy",
            policy("Allow", "s3:GetObject", #""Principal":{"AWS":["*"]}"#)),
        companion(
            "policy.public", .broken, "for all but one", "aws_s3_bucket_policy",
            policy("Allow", "s3:GetObject", #""NotPrincipal":{"AWS":"a"}"#)),
        companion(
            "policy.public", .holds, "bound to an account", "aws_s3_bucket_policy",
            policy("Allow", "s3:GetObject", #""Principal":"*","Condition":{"StringEquals":{"aws:SourceAccount":"1"}}"#)),
        companion(
            "policy.public", .broken, "bound to everything", "aws_s3_bucket_policy",
            policy("Allow", "s3:GetObject", #""Principal":"*","Condition":{"StringLike":{"aws:SourceAccount":"*"}}"#)),
        companion(
            "policy.public", .broken, "bound to all but one", "aws_s3_bucket_policy",
            policy(
                "Allow", "s3:GetObject", #""Principal":"*","Condition":{"StringNotEquals":{"aws:SourceAccount":"1"}}"#)),
        .resource(
            "policy.public", .broken, "a topic", "aws_sns_topic_policy",
            ["policy": #"{"Statement":{"Effect":"Allow","Action":"sns:*","Principal":"*","Resource":"*"}}"#]),
    ]
}
