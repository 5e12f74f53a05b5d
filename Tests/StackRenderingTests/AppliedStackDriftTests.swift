import Foundation
import OpsModel
import ProcessClient
import TestSupport
import Testing

@Suite(.serialized, .enabled(if: AppliedStack.isPossible, "\(AppliedStack.reason)"))
struct AppliedStackDriftTests {
    /// A change by hand, what drift calls it, and the check that must notice it.
    struct Tampering {
        let name: String
        let kind: String
        let address: String
        /// Target and check; nil where no probe looks at it.
        let check: String?

        init(_ name: String, _ address: String, _ kind: String = "reverted", check: String?) {
            (self.name, self.kind, self.address, self.check) = (name, kind, address, check)
        }
    }

    static let all = [
        Tampering(
            "open-security-group-rule", "module.network.aws_security_group.postgres",
            check: "network.postgres-security-group"),
        Tampering("flow-log-deleted", "module.network.aws_flow_log.this", check: "network.network"),
        Tampering(
            "public-access-block-removed", "module.storage.aws_s3_bucket_public_access_block.this",
            check: "storage.files-bucket"),
        Tampering(
            "versioning-suspended", "module.storage.aws_s3_bucket_versioning.this", check: "storage.files-bucket"),
        Tampering(
            "bucket-policy-without-tls", "module.storage.aws_s3_bucket_policy.this", check: "storage.files-bucket"),
        Tampering(
            "lifecycle-removed", "module.storage.aws_s3_bucket_lifecycle_configuration.this",
            check: "storage.files-bucket"),
        Tampering(
            "database-backups-shortened", "module.postgres.aws_db_instance.primary", check: "data.postgres-primary"),
        Tampering("database-public", "module.postgres.aws_db_instance.primary", check: "data.postgres-primary"),
        Tampering(
            "redis-eviction-policy", "module.redis.aws_elasticache_parameter_group.this", check: "data.redis-group"),
        Tampering("key-rotation-off", "module.postgres.module.key.aws_kms_key.this", check: "data.postgres-key"),
        Tampering("database-authority-changed", "module.postgres.aws_db_instance.primary", "swallowed", check: nil),
        Tampering(
            "rogue-administrator", "module.service.aws_iam_role_policy_attachments_exclusive.task",
            check: "app.task-role"),
        Tampering(
            "rogue-inline-policy", "module.service.aws_iam_role_policies_exclusive.execution",
            check: "app.execution-role"),
        Tampering("listener-weights", "module.service.aws_lb_listener.https", "owned", check: "app.listener-https"),
        Tampering("registry-mutable", "module.registry.aws_ecr_repository.this", check: "supply.registry"),
        Tampering("firewall-rule-removed", "module.service.aws_wafv2_web_acl.this", check: "app.web-acl"),
        Tampering("cdn-tls-lowered", "module.edge.aws_cloudfront_distribution.this", check: "edge.cdn"),
        Tampering(
            "alarm-actions-disabled", #"module.observability.aws_cloudwatch_metric_alarm.this["latency-p99-blue"]"#,
            check: "observability.alarm-latency-p99-blue"),
    ]

    @Test func whatIsChangedByHandIsClassedByDriftAndCaughtByAProbe() async throws {
        try await AppliedStack.with { stack in
            #expect(try await stack.opsctl("stack", "outputs").status == 0)
            let before = try await probes(stack)
            try await stack.tamper(Self.all.map(\.name))

            let drift = try await stack.opsctl("stack", "drift", "--format", "json")
            #expect(drift.status == 1, "\(drift.errors)")
            let report = try JSONDecoder().decode(Drift.self, from: Data(drift.output.utf8))
            let after = try await probes(stack)
            for case let tampering in Self.all {
                #expect(
                    report.entries.contains { $0.address == tampering.address && $0.class == tampering.kind },
                    "\(tampering.name): \(report.entries.filter { $0.address == tampering.address })")
                guard let check = tampering.check else { continue }
                let target = "stack.\(check)"
                #expect(before[target] == "pass", "\(target) before")
                #expect(after[target] == "fail", "\(tampering.name): \(target)")
            }
            let known = Set(Self.all.map(\.address))
            let others = report.entries.filter { !known.contains($0.address) }.map {
                "\($0.class) \($0.address) \($0.attribute)"
            }
            #expect(others == [], "nothing else was changed")
        }
    }

    /// Verdict of each target.
    private func probes(_ stack: AppliedStack) async throws -> [String: String] {
        let result = try await stack.opsctl("probe", "run", "--profile", "oncall", "--format", "json")
        let report = try JSONDecoder().decode(Probes.self, from: Data(result.output.utf8))
        return Dictionary(
            report.targets.flatMap(\.checks).filter { $0.target.hasPrefix("stack.") }.map { ($0.target, $0.status) },
            uniquingKeysWith: { $0 == "fail" || $1 == "fail" ? "fail" : $0 == "skipped" ? $1 : $0 })
    }
}

private struct Drift: Decodable {
    struct Entry: Decodable {
        let address: String
        let attribute: String
        let `class`: String
    }
    let entries: [Entry]
}

private struct Probes: Decodable {
    struct Check: Decodable {
        let target: String
        let status: String
    }
    struct Target: Decodable { let checks: [Check] }
    let targets: [Target]
}
