import Foundation
import OpsModel
import ProcessClient
import TestSupport
import Testing

@Suite(.serialized, .enabled(if: AppliedStack.isPossible, "\(AppliedStack.reason)"))
struct AppliedStackTests {
    @Test func productionIsAppliedAndAPlanLeavesNothingToDo() async throws {
        try await AppliedStack.with { stack in
            let result = try await stack.opsctl("stack", "plan", "--expect-empty", "--format", "json")
            #expect(result.status == 0, "\(result.errors)")
            let plan = try JSONDecoder().decode(Overview.self, from: Data(result.output.utf8))
            #expect(plan.layers.map(\.outcome) == Array(repeating: "unchanged", count: 8))
            #expect(plan.policy.resources >= 110)
            #expect(plan.policy.verdict == "pass", "\(result.output)")
            try await noSecretIsLeft(in: stack, printed: result.output + result.errors)
        }
    }

    /// Looks for every value that the emulator keeps secret in all that opsctl wrote and printed. Plan files hold secrets by their
    /// format; they are readable for their owner only.
    private func noSecretIsLeft(in stack: AppliedStack, printed: String) async throws {
        let outputs = try await stack.opsctl("stack", "outputs")
        #expect(outputs.status == 0, "\(outputs.errors)")
        let account = try await stack.account()
        try #require(account.secrets.count >= 2 && account.states.count == 9)
        var places = [("what was printed", printed + outputs.output + outputs.errors)]
        for path in try FileManager.default.subpathsOfDirectory(atPath: "\(stack.project.folder)/.opsctl") {
            let file = "\(stack.project.folder)/.opsctl/\(path)"
            guard let bytes = FileManager.default.contents(atPath: file) else { continue }
            let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
            if path.hasSuffix(".tfplan") || path.hasSuffix("outputs.json") { #expect(mode == 0o600, "\(path)") }
            if !path.hasSuffix(".tfplan"), !path.contains("/.terraform/") {
                places.append((path, String(decoding: bytes, as: UTF8.self)))
            }
        }
        for (place, text) in places + account.states.map({ ($0.key, $0.value) }) {
            for secret in account.secrets { #expect(!text.contains(secret), "a secret is in \(place)") }
        }
    }

    @Test func aFaultPlantedInAModuleIsCaughtByItsRule() async throws {
        try await AppliedStack.with { stack in
            for fault in PlantedFault.all { try stack.project.replace(fault.old, with: fault.new, in: fault.path) }
            let result = try await stack.opsctl("stack", "policy", "--format", "json")
            #expect(result.status == 1, "\(result.errors)")
            let report = try JSONDecoder().decode(Policy.self, from: Data(result.output.utf8))
            for fault in PlantedFault.all {
                #expect(
                    report.findings.contains { $0.rule == fault.rule && $0.address.hasSuffix(fault.address) },
                    "\(fault.rule) \(fault.address): \(report.findings.map { "\($0.rule) \($0.address)" })")
            }
        }
    }
}

/// One edit in a module that a rule must catch.
struct PlantedFault {
    let rule: String
    let address: String
    let path: String
    let old: String
    let new: String

    private init(_ rule: String, at address: String, in path: String, _ old: String, becomes new: String) {
        (self.rule, self.address, self.old, self.new) = (rule, address, old, new)
        self.path = "Stacks/aws/modules/\(path)"
    }

    static let all = [
        PlantedFault(
            "postgres.private", at: #"aws_db_instance.primary"#, in: "postgres/main.tf",
            #"publicly_accessible    = false"#,
            becomes: #"publicly_accessible    = true"#),
        PlantedFault(
            "postgres.force_ssl", at: #"aws_db_parameter_group.this"#, in: "postgres/main.tf", #"value        = "1""#,
            becomes: #"value        = "0""#),
        PlantedFault(
            "redis.tls", at: #"aws_elasticache_replication_group.this"#, in: "redis/main.tf", #""required""#,
            becomes: #""preferred""#),
        PlantedFault(
            "bucket.public_access", at: #"aws_s3_bucket.this"#, in: "storage/main.tf",
            #"restrict_public_buckets = true"#,
            becomes: #"restrict_public_buckets = false"#),
        PlantedFault(
            "bucket.versioning", at: #"aws_s3_bucket.this"#, in: "storage/main.tf", #"status = "Enabled""#,
            becomes: #"status = "Suspended""#),
        PlantedFault(
            "network.open_ingress", at: #"aws_security_group.postgres"#, in: "network/security_groups.tf",
            #"description     = "Sessions of the application""#,
            becomes: "cidr_blocks     = [\"0.0.0.0/0\"]\n    description     = \"Sessions of the application\""),
        PlantedFault(
            "kms.rotation", at: #"aws_kms_key.this"#, in: "keys/main.tf", #"enable_key_rotation     = true"#,
            becomes: #"enable_key_rotation     = false"#),
        PlantedFault(
            "registry.immutable", at: #"aws_ecr_repository.this"#, in: "registry/main.tf", #""IMMUTABLE""#,
            becomes: #""MUTABLE""#),
        PlantedFault(
            "service.read_only_root", at: #"aws_ecs_task_definition.this["blue"]"#, in: "service/tasks.tf",
            #"readonlyRootFilesystem = true"#,
            becomes: #"readonlyRootFilesystem = false"#),
        PlantedFault(
            "service.user", at: #"aws_ecs_task_definition.this["green"]"#, in: "service/main.tf", #"user  = "10001""#,
            becomes: #"user  = "0""#),
        PlantedFault(
            "edge.tls", at: #"aws_cloudfront_distribution.this"#, in: "edge/main.tf",
            #"minimum_protocol_version = local.minimum_tls"#,
            becomes: #"minimum_protocol_version = "TLSv1""#),
        PlantedFault(
            "iam.wildcard", at: #"aws_iam_policy.app"#, in: "storage/identity.tf",
            "actions   = [\"s3:DeleteObject\", \"s3:GetObject\", \"s3:PutObject\"]\n    resources = [\"${aws_s3_bucket.this.arn}/${var.app_prefix}*\"]",
            becomes: "actions   = [\"s3:*\"]\n    resources = [\"*\"]"),
        PlantedFault(
            "logs.encrypted", at: #"aws_cloudwatch_log_group.flow"#, in: "network/flow_logs.tf",
            "  kms_key_id        = module.key.arn\n",
            becomes: #""#),
        PlantedFault(
            "iam.opaque", at: #"aws_iam_policy.opaque"#, in: "network/main.tf", #"data "aws_region" "this" {}"#,
            becomes:
                "data \"aws_region\" \"this\" {}\n\nresource \"terraform_data\" \"opaque\" {\n  input = timestamp()\n}\n\nresource \"aws_iam_policy\" \"opaque\" {\n  name   = \"opaque\"\n  policy = terraform_data.opaque.output\n}"
        ),
    ]
}

private struct Overview: Decodable {
    struct Layer: Decodable { let outcome: String }
    let layers: [Layer]
    let policy: Policy
}

private struct Policy: Decodable {
    struct Finding: Decodable {
        let rule: String
        let address: String
    }
    let verdict: String
    let resources: Int
    let findings: [Finding]
}
