import Foundation
import StackRendering

extension PolicyCase {
    static let access: [PolicyCase] =
        wildcardCases + evasionCases + trustCases + adminCases + opaqueCases + strangerCases

    private static func identity(_ statement: String) -> [String: any Sendable] {
        ["policy": #"{"Version":"2012-10-17","Statement":[\#(statement)]}"#]
    }

    private static func policy(_ rule: String, _ outcome: Outcome, _ because: String, _ statement: String) -> PolicyCase
    {
        .resource(rule, outcome, because, "aws_iam_role_policy", identity(statement))
    }

    private static let wildcardCases: [PolicyCase] = [
        policy("iam.wildcard", .holds, "named", #"{"Effect":"Allow","Action":["s3:GetObject"],"Resource":"*"}"#),
        policy(
            "iam.wildcard", .holds, "on named resources",
            #"{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::a"}"#),
        policy("iam.wildcard", .holds, "denied", #"{"Effect":"Deny","Action":"*","Resource":"*"}"#),
        policy("iam.wildcard", .broken, "everything", #"{"Effect":"Allow","Action":"*","Resource":"*"}"#),
        policy(
            "iam.wildcard", .broken, "a whole service",
            #"{"Effect":"Allow","Action":["logs:Put","s3:*"],"Resource":["*"]}"#),
        policy(
            "iam.wildcard", .broken, "any role passed on", #"{"Effect":"Allow","Action":"iam:PassRole","Resource":"*"}"#
        ),
        PolicyCase("iam.wildcard", .broken, "in a document of the first plan") {
            fromDocument(["actions": ["s3:*"], "resources": ["*"]])
        },
        PolicyCase("iam.wildcard", .holds, "a document of the first plan on an ARN that is not known") {
            fromDocument(["actions": ["s3:*"], "resources": [NSNull()]], unknown: ["resources": [true]])
        },
        PolicyCase("iam.wildcard", .broken, "in a document that another is made of") {
            fromDocument(["actions": ["s3:GetObject"], "resources": [NSNull()]], isCombined: true)
                .document("part", ["actions": ["*"], "resources": ["*"]])
        },
        PolicyCase("iam.wildcard", .holds, "only a boundary") { boundary() },
        PolicyCase("iam.wildcard", .broken, "a boundary that is also attached") {
            boundary().with("aws_iam_role_policy_attachment.this", after: ["policy_arn": "arn:b", "role": "r"])
        },
        PolicyCase("iam.wildcard", .broken, "a boundary, beside an attachment that cannot be told") {
            boundary().with(
                "aws_iam_role_policy_attachment.this", ["create"], after: [:], unknown: ["policy_arn": true])
        },
        PolicyCase("iam.wildcard", .holds, "only a boundary in a first plan") {
            PlanSample()
                .with("aws_iam_policy.this", ["create"], after: everything, unknown: ["arn": true])
                .with("aws_iam_role.this", ["create"], after: [:], unknown: ["permissions_boundary": true])
                .declaring("aws_iam_role.this", ["permissions_boundary": refers("aws_iam_policy.this.arn")])
        },
        policy("iam.negated", .holds, "named", #"{"Effect":"Allow","Action":"s3:GetObject","Resource":"a"}"#),
        policy("iam.negated", .holds, "denied", #"{"Effect":"Deny","NotAction":"iam:*","Resource":"*"}"#),
        policy(
            "iam.negated", .broken, "all actions but some", #"{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}"#),
        policy(
            "iam.negated", .broken, "all resources but some",
            #"{"Effect":"Allow","Action":"s3:GetObject","NotResource":"a"}"#),
    ]

    private static func wide(_ outcome: Outcome, _ action: String, on resource: String) -> PolicyCase {
        policy(
            "iam.wildcard", outcome, "\(action) on \(resource)",
            #"{"Effect":"Allow","Action":"\#(action)","Resource":"\#(resource)"}"#)
    }

    private static func role(_ statement: String) -> PlanSample {
        PlanSample().with(
            "aws_iam_role.this",
            after: ["inline_policy": [["name": "all", "policy": #"{"Statement":[\#(statement)]}"#]]])
    }

    private static let evasionCases: [PolicyCase] = [
        wide(.broken, "iam:*", on: "arn:aws:iam::*:role/*"), wide(.broken, "iam:Pass*", on: "*"),
        wide(.broken, "IAM:passrol?", on: "arn:aws:iam::*:role/*"), wide(.broken, "s3:**", on: "*"),
        wide(.broken, "s3:?*", on: "**"), wide(.broken, "s3:*", on: "arn:aws:s3:::*"),
        wide(.broken, "s3:*", on: "arn:aws:s3:::*/*"), wide(.broken, "s3:*", on: "arn:*"),
        wide(.broken, "logs:*", on: "arn:aws:logs:*:*:log-group:*"), wide(.broken, "*", on: "arn:aws:s3:::*"),
        wide(.broken, "ec2:*", on: "arn:aws:ec2:*:*:*"), wide(.holds, "ec2:*", on: "arn:aws:ec2:*:123456789012:*"),
        wide(.holds, "s3:*", on: "arn:aws:s3:::files/*"), wide(.holds, "s3:*", on: "arn:aws:s3:::files-*"),
        wide(.holds, "iam:*", on: "arn:aws:iam::*:role/app-*"), wide(.holds, "route53:*", on: "arn:aws:route53:::*"),
        wide(.holds, "acm:*", on: "arn:aws:s3:::*"), wide(.holds, "iam:Get*", on: "*"),
        wide(.holds, "ec2:Describe*", on: "*"),
        PolicyCase("iam.wildcard", .broken, "inside a role") {
            role(#"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#)
        },
        PolicyCase("iam.wildcard", .holds, "inside a role, for one bucket") {
            role(#"{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::a"}"#)
        },
        PolicyCase("iam.wildcard", .holds, "read back of a policy that stands apart") {
            role(#"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#).with(
                "aws_iam_role_policy.this",
                after: identity(#"{"Effect":"Allow","Action":"s3:*","Resource":"a"}"#).merging(["name": "all"]) { $1 })
        },
        PolicyCase("iam.opaque", .unknown, "inside a role, not known") {
            PlanSample().with("aws_iam_role.this", ["create"], after: [:], unknown: ["inline_policy": true])
                .declaring("aws_iam_role.this", ["inline_policy": [["policy": refers("aws_s3_bucket.this.arn")]]])
        },
        PolicyCase("iam.opaque", .holds, "inside a role, what the provider reads back") {
            PlanSample().with("aws_iam_role.this", ["create"], after: [:], unknown: ["inline_policy": true])
                .declaring("aws_iam_role.this", [:])
        },
    ]

    private static func shared(_ outcome: Outcome, _ because: String, _ statement: String) -> PolicyCase {
        .resource("policy.stranger", outcome, because, "aws_s3_bucket_policy", identity(statement))
    }

    private static func allow(_ principal: String) -> String {
        #"{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Principal":\#(principal)}"#
    }

    private static func unknownPrincipal(_ source: [String: Any]) -> PlanSample {
        let document = "data.aws_iam_policy_document.this"
        let principals: [String: Any] = ["type": "AWS", "identifiers": [NSNull()]]
        return PlanSample().with("aws_s3_bucket_policy.this", ["create"], after: [:], unknown: ["policy": true])
            .declaring("aws_s3_bucket_policy.this", ["policy": refers("\(document).json")])
            .with("aws_iam_role.reader", ["create"], after: [:])
            .with(
                document, ["read"],
                after: [
                    "statement": [
                        ["effect": "Allow", "actions": ["s3:GetObject"], "principals": [principals]] as [String: Any]
                    ]
                ],
                unknown: ["json": true, "statement": [["principals": [["identifiers": [true]]]]]]
            )
            .declaring(document, ["statement": [["principals": [["identifiers": source]]]]])
    }

    private static let strangerCases: [PolicyCase] = [
        shared(.holds, "the account itself", allow(#"{"AWS":["arn:aws:iam::123456789012:root","123456789012"]}"#)),
        shared(.holds, "a service", allow(#"{"Service":"logdelivery.elasticloadbalancing.amazonaws.com"}"#)),
        shared(
            .holds, "an identity of CloudFront",
            allow(#"{"AWS":"arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"}"#)),
        shared(.holds, "everybody is another rule's", allow(#""*""#)),
        shared(
            .holds, "denied",
            #"{"Effect":"Deny","Action":"*","Resource":"*","Principal":{"AWS":"arn:aws:iam::999999999999:root"}}"#),
        shared(.broken, "another account", allow(#"{"AWS":"999999999999"}"#)),
        shared(
            .broken, "a role of another account", allow(#"{"AWS":["123456789012","arn:aws:iam::999999999999:role/a"]}"#)
        ),
        .resource(
            "policy.stranger", .broken, "trusted", "aws_iam_role",
            [
                "assume_role_policy":
                    #"{"Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"999999999999"}}}"#
            ]),
        PolicyCase("policy.stranger", .unknown, "from somewhere else") { unknownPrincipal(refers("local.reader")) },
        PolicyCase("policy.stranger", .holds, "a role of the same plan") {
            unknownPrincipal(refers("aws_iam_role.reader.arn", "aws_iam_role.reader"))
        },
    ]

    private static let everything = identity(#"{"Effect":"Allow","Action":"*","Resource":"*"}"#)

    private static func boundary() -> PlanSample {
        PlanSample().with("aws_iam_policy.this", after: everything.merging(["arn": "arn:b"]) { $1 })
            .with("aws_iam_role.this", after: ["permissions_boundary": "arn:b"])
    }

    static func fromDocument(_ statement: [String: Any], unknown: [String: Any] = [:], isCombined: Bool = false)
        -> PlanSample
    {
        let sample = PlanSample()
            .with("aws_iam_role_policy.this", ["create"], after: [:], unknown: ["policy": true])
            .declaring("aws_iam_role_policy.this", ["policy": refers("data.aws_iam_policy_document.this.json")])
        guard isCombined else { return sample.document("this", statement, unknown: unknown) }
        return sample.with(
            "data.aws_iam_policy_document.this", ["read"], after: ["statement": [statement]],
            unknown: ["json": true, "source_policy_documents": true, "statement": [unknown]]
        )
        .declaring(
            "data.aws_iam_policy_document.this",
            ["source_policy_documents": refers("data.aws_iam_policy_document.part.json")])
    }

    private static func trust(_ outcome: Outcome, _ because: String, _ statement: String) -> PolicyCase {
        .resource(
            "iam.trust", outcome, because, "aws_iam_role",
            ["assume_role_policy": #"{"Statement":{"Effect":"Allow",\#(statement)}}"#])
    }

    private static let web =
        #""Action":"sts:AssumeRoleWithWebIdentity","Principal":{"Federated":"arn:aws:iam::1:oidc-provider/a"}"#

    private static let trustCases: [PolicyCase] = [
        trust(.holds, "a service", #""Action":"sts:AssumeRole","Principal":{"Service":"ecs-tasks.amazonaws.com"}"#),
        trust(.broken, "everybody", #""Action":"sts:AssumeRole","Principal":"*""#),
        trust(.broken, "every account", #""Action":"sts:AssumeRole","Principal":{"AWS":"*"}"#),
        trust(.broken, "OIDC without a subject", web),
        trust(
            .broken, "OIDC with an audience only", web + #","Condition":{"StringEquals":{"a:aud":"sts.amazonaws.com"}}"#
        ),
        trust(.broken, "any subject", web + #","Condition":{"StringLike":{"a:sub":"*"}}"#),
        trust(.broken, "any repository", web + #","Condition":{"StringLike":{"a:sub":["repo:x/y:ref","repo:*"]}}"#),
        trust(
            .holds, "one subject", web + #","Condition":{"StringEquals":{"a:sub":"repo:x/y:environment:production"}}"#),
        PolicyCase("iam.trust", .unknown, "a subject that is not known") {
            PlanSample().with("aws_iam_role.this", ["create"], after: [:], unknown: ["assume_role_policy": true])
                .declaring(
                    "aws_iam_role.this", ["assume_role_policy": refers("data.aws_iam_policy_document.this.json")]
                )
                .document(
                    "this",
                    [
                        "actions": ["sts:AssumeRoleWithWebIdentity"],
                        "principals": [["type": "Federated", "identifiers": [NSNull()]]],
                        "condition": [["test": "StringEquals", "variable": "a:sub", "values": [NSNull()]]],
                    ],
                    unknown: ["principals": [["identifiers": [true]]], "condition": [["values": [true]]]])
        },
    ]

    private static let admin = "arn:aws:iam::aws:policy/AdministratorAccess"

    private static let adminCases: [PolicyCase] = [
        .resource(
            "iam.admin", .holds, "a policy of ours", "aws_iam_role_policy_attachment",
            ["policy_arn": "arn:aws:iam::1:policy/app"]),
        .resource("iam.admin", .broken, "attached", "aws_iam_role_policy_attachment", ["policy_arn": admin]),
        .resource(
            "iam.admin", .broken, "all of S3", "aws_iam_role_policy_attachment",
            ["policy_arn": "arn:aws:iam::aws:policy/AmazonS3FullAccess"]),
        .resource(
            "iam.admin", .broken, "every secret", "aws_iam_role_policy_attachment",
            ["policy_arn": "arn:aws:iam::aws:policy/SecretsManagerReadWrite"]),
        .resource(
            "iam.admin", .holds, "ours of that name", "aws_iam_role_policy_attachment",
            ["policy_arn": "arn:aws:iam::123456789012:policy/FilesFullAccess"]),
        .resource(
            "iam.admin", .broken, "in an exclusive list", "aws_iam_role_policy_attachments_exclusive",
            ["policy_arns": ["a", admin]]),
        .resource(
            "iam.admin", .broken, "managed by the role", "aws_iam_role",
            ["managed_policy_arns": ["arn:aws:iam::aws:policy/job-function/PowerUserAccess"]]),
        .resource(
            "iam.admin", .unknown, "not known", "aws_iam_role_policy_attachment", [:], unknown: ["policy_arn": true]),
        PolicyCase("iam.admin", .unknown, "from somewhere else") { attachment(refers("var.policy_arn")) },
        PolicyCase("iam.admin", .holds, "a policy of the same plan") { attachment(refers("aws_iam_policy.this.arn")) },
        PolicyCase("iam.admin", .holds, "what the provider reads back") {
            PlanSample().with("aws_iam_role.this", ["create"], after: [:], unknown: ["managed_policy_arns": true])
                .declaring("aws_iam_role.this", [:])
        },
    ]

    private static func attachment(_ source: [String: Any]) -> PlanSample {
        PlanSample().with("aws_iam_role_policy_attachment.this", ["create"], after: [:], unknown: ["policy_arn": true])
            .with("aws_iam_policy.this", ["create"], after: [:])
            .declaring("aws_iam_role_policy_attachment.this", ["policy_arn": source])
    }

    private static let opaqueCases: [PolicyCase] = [
        policy("iam.opaque", .holds, "known", #"{"Effect":"Allow","Action":"s3:GetObject","Resource":"a"}"#),
        .resource("iam.opaque", .unknown, "not JSON", "aws_iam_policy", ["policy": "{"]),
        policy("iam.opaque", .unknown, "lower case", #"{"Effect":"Allow","action":"*","Resource":"*"}"#),
        policy("iam.opaque", .unknown, "no actions", #"{"Effect":"Allow","Resource":"*"}"#),
        .resource(
            "iam.opaque", .unknown, "more than statements", "aws_iam_policy", ["policy": #"{"Statement":[],"More":1}"#]),
        .resource("iam.opaque", .unknown, "no statement", "aws_iam_policy", ["policy": "{}"]),
        .resource("iam.opaque", .unknown, "not known", "aws_iam_policy", [:], unknown: ["policy": true]),
        PolicyCase("iam.opaque", .unknown, "jsonencode") {
            PlanSample().with("aws_iam_policy.this", ["create"], after: [:], unknown: ["policy": true])
                .with("aws_s3_bucket.this", ["create"], after: [:])
                .declaring("aws_iam_policy.this", ["policy": refers("aws_s3_bucket.this.arn", "aws_s3_bucket.this")])
        },
        PolicyCase("iam.opaque", .unknown, "actions that are not known") {
            fromDocument(["actions": [NSNull()], "resources": ["*"]], unknown: ["actions": [true]])
        },
        PolicyCase("iam.opaque", .unknown, "statements that are not known") {
            PlanSample().with("aws_iam_role_policy.this", ["create"], after: [:], unknown: ["policy": true])
                .declaring("aws_iam_role_policy.this", ["policy": refers("data.aws_iam_policy_document.this.json")])
                .with(
                    "data.aws_iam_policy_document.this", ["read"], after: [:],
                    unknown: ["json": true, "statement": true])
        },
        PolicyCase("iam.opaque", .unknown, "made of what is not known") {
            fromDocument(["actions": ["s3:GetObject"], "resources": ["a"]], isCombined: true)
        },
        PolicyCase("iam.opaque", .holds, "a document with known actions") {
            fromDocument(["actions": ["s3:GetObject"], "resources": [NSNull()]], unknown: ["resources": [true]])
        },
        PolicyCase("iam.opaque", .holds, "a key's policy that nobody sets") {
            PlanSample().with("aws_kms_key.this", ["create"], after: [:], unknown: ["policy": true]).declaring(
                "aws_kms_key.this", [:])
        },
    ]
}
