import Foundation
import StackRendering

extension PolicyCase {
    static let service: [PolicyCase] = containerCases + registryCases + edgeCases

    private static let task = "aws_ecs_task_definition"
    private static let digest = String(repeating: "a", count: 64)

    private static func container(_ rule: String, _ outcome: Outcome, _ because: String, _ members: String)
        -> PolicyCase
    {
        .resource(rule, outcome, because, task, ["container_definitions": #"[{"name":"app",\#(members)}]"#])
    }

    private static let containerCases: [PolicyCase] =
        [
            "service.user", "service.read_only_root", "service.unprivileged", "service.plain_secret",
            "service.pinned_image",
        ].flatMap { rule in
            [
                .resource(rule, .unknown, "not known", task, [:], unknown: ["container_definitions": true]),
                .resource(rule, .broken, "not JSON", task, ["container_definitions": "x"]),
            ]
        } + [
            container("service.user", .holds, "a number", #""user":"10001""#),
            container("service.user", .broken, "root", #""user":"root:root""#),
            container("service.user", .broken, "0", #""user":"0""#),
            container("service.user", .broken, "not set", #""image":"a""#),
            container("service.read_only_root", .holds, "true", #""readonlyRootFilesystem":true"#),
            container("service.read_only_root", .broken, "not set", #""image":"a""#),
            container("service.unprivileged", .holds, "not set", #""image":"a""#),
            container("service.unprivileged", .broken, "privileged", #""privileged":true"#),
            container(
                "service.unprivileged", .broken, "a capability",
                #""linuxParameters":{"capabilities":{"add":["SYS_ADMIN"]}}"#),
            container(
                "service.plain_secret", .holds, "harmless",
                #""environment":[{"name":"PORT","value":"8080"},{"name":"SECRET_FILE","value":"/a"}]"#),
            container(
                "service.plain_secret", .broken, "by its name", #""environment":[{"name":"DB_PASSWORD","value":"x"}]"#),
            container(
                "service.plain_secret", .broken, "inside a URL",
                #""environment":[{"name":"DATABASE","value":"postgres://a:b@h/d"}]"#),
            container("service.pinned_image", .holds, "by digest", #""image":"r/app@sha256:\#(digest)""#),
            container("service.pinned_image", .broken, "by tag", #""image":"r/app:1.0""#),
        ]

    private static let registryCases: [PolicyCase] = [
        .resource(
            "registry.immutable", .holds, "immutable", "aws_ecr_repository", ["image_tag_mutability": "IMMUTABLE"]),
        .resource("registry.immutable", .broken, "mutable", "aws_ecr_repository", ["image_tag_mutability": "MUTABLE"]),
        .resource(
            "registry.immutable", .unknown, "not known", "aws_ecr_repository", [:],
            unknown: ["image_tag_mutability": true]),
        .resource(
            "registry.scanned", .holds, "scanned", "aws_ecr_repository",
            ["image_scanning_configuration": [["scan_on_push": true]]]),
        .resource(
            "registry.scanned", .broken, "not set", "aws_ecr_repository",
            ["image_scanning_configuration": [] as [String]]),
        .resource(
            "registry.scanned", .unknown, "not known", "aws_ecr_repository", [:],
            unknown: ["image_scanning_configuration": true]),
    ]

    private static let cdn = "aws_cloudfront_distribution"
    private static func distribution(
        _ version: String = "TLSv1.2_2021", viewer: String = "https-only", groups: [String] = ["k"],
        ordered: [[String: any Sendable]] = [],
        tags: [String: any Sendable] = [:]
    ) -> [String: any Sendable] {
        [
            "viewer_certificate": [["minimum_protocol_version": version]],
            "default_cache_behavior": [
                ["viewer_protocol_policy": viewer, "trusted_key_groups": groups] as [String: any Sendable]
            ],
            "ordered_cache_behavior": ordered, "tags": tags,
        ]
    }

    private static let edgeCases: [PolicyCase] = [
        .resource("edge.tls", .holds, "1.2", cdn, distribution()),
        .resource("edge.tls", .holds, "redirects", cdn, distribution(viewer: "redirect-to-https")),
        .resource("edge.tls", .broken, "1.0", cdn, distribution("TLSv1")),
        .resource("edge.tls", .broken, "http allowed", cdn, distribution(viewer: "allow-all")),
        .resource(
            "edge.tls", .broken, "http allowed below a path", cdn,
            distribution(ordered: [["viewer_protocol_policy": "allow-all"]])),
        .resource("edge.tls", .unknown, "not known", cdn, distribution(), unknown: ["viewer_certificate": true]),
        .resource("edge.signed", .holds, "key groups", cdn, distribution()),
        .resource("edge.signed", .broken, "none", cdn, distribution(groups: [])),
        .resource("edge.signed", .broken, "none below a path", cdn, distribution(ordered: [["path_pattern": "/x"]])),
        .resource(
            "edge.signed", .holds, "public by its tag", cdn, distribution(groups: [], tags: ["Access": "public"])),
        .resource(
            "edge.signed", .unknown, "not known", cdn, distribution(),
            unknown: ["default_cache_behavior": [["trusted_key_groups": true]]]),
        PolicyCase("edge.signed", .holds, "a key group of the same plan") {
            PlanSample().with(
                "aws_cloudfront_distribution.this", ["create"], after: distribution(groups: []),
                unknown: ["default_cache_behavior": [["trusted_key_groups": true]]]
            )
            .declaring(
                "aws_cloudfront_distribution.this",
                ["default_cache_behavior": [["trusted_key_groups": refers("aws_cloudfront_key_group.this.id")]]])
        },
    ]
}
