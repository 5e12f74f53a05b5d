let keepingRules: [PolicyRule] = [
    PolicyRule(
        "kms.rotation", on: ["aws_kms_key"],
        says: PolicyText(
            "keys are rotated every year", why: "a key that leaked once opens everything that it will ever encrypt",
            fix: "enable_key_rotation = true", reference: "AWS FSBP KMS.4")
    ) { key, _ in
        let isSymmetric =
            ["ENCRYPT_DECRYPT", nil].contains(key.values.known("key_usage").string)
            && ["SYMMETRIC_DEFAULT", nil].contains(key.values.known("customer_master_key_spec").string)
        return isSymmetric ? key.values.faults("enable_key_rotation", .isTrue) : []
    },
    PolicyRule(
        "logs.retention", on: ["aws_cloudwatch_log_group"],
        says: PolicyText(
            "log groups say how long they keep", why: "they grow, and keep personal data, for ever",
            fix: "retention_in_days = 90, or what the law asks for", reference: "AWS FSBP CloudWatch.16")
    ) { group, _ in group.values.faults("retention_in_days", .atLeast(1)) },
    PolicyRule(
        "logs.encrypted", on: ["aws_cloudwatch_log_group"],
        says: PolicyText(
            "log groups are encrypted with a key of ours",
            why: "nobody can take the logs away from who has read access",
            fix: "kms_key_id", reference: "NIST 800-53 AU-9")
    ) { group, _ in group.faults("kms_key_id", .present) },
    secretsRule,
    PolicyRule(
        "stateful.destroyed", in: [.standard, .critical],
        says: PolicyText(
            "nothing that holds data is destroyed or replaced",
            why: "what it holds is gone, or cannot be read any more",
            fix: "keep it, or write a waiver that names who decided; to move it, use a `moved` block",
            reference: "docs: opsctl stack apply")
    ) { scope in
        scope.plans.flatMap { layer, document in
            document.resourceChanges.filter { stateful.contains($0.type) && !$0.isData && !$0.isDeposed }.compactMap {
                change in
                let verb: String? =
                    switch change.change.action {
                    case .destroy: "destroyed"
                    case .replace: "replaced"
                    case .none, .create, .update, .read, .forget: nil
                    }
                return verb.map {
                    PolicyHit(
                        layer: layer, address: change.address, fault: .broken("it would be \($0)\(change.because)"))
                }
            }
        }
    },
    PolicyRule(
        "alarm.actions", on: ["aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm"],
        says: PolicyText(
            "alarms tell somebody", why: "the alarm goes off and nobody hears it", fix: "alarm_actions with a topic",
            reference: "AWS FSBP CloudWatch.15")
    ) { alarm, scope in
        (scope.isPartOfAnother(alarm) ? [] : alarm.faults("alarm_actions", .present))
            + (alarm.values.known("actions_enabled") == .value(.boolean(false))
                ? [.broken("actions_enabled is false")] : [])
    },
]

private let stateful: Set = [
    "aws_db_instance", "aws_rds_cluster", "aws_s3_bucket", "aws_kms_key", "aws_elasticache_replication_group",
    "aws_secretsmanager_secret", "aws_route53_zone", "aws_ecr_repository", "aws_cloudwatch_log_group",
    "aws_s3_bucket_versioning", "aws_s3_bucket_replication_configuration", "aws_db_snapshot", "aws_kms_replica_key",
    "aws_dynamodb_table", "aws_efs_file_system",
]

extension PolicyScope {
    /// Whether a composite alarm watches this one: then that one tells.
    fileprivate func isPartOfAnother(_ alarm: PolicyResource) -> Bool {
        guard let name = alarm.values.known("alarm_name").string, !name.isEmpty else { return false }
        return resources.contains { composite in
            guard composite.type == "aws_cloudwatch_composite_alarm", composite.layer == alarm.layer else {
                return false
            }
            if let rule = composite.values.known("alarm_rule").string {
                return rule.contains("(\(name))") || rule.contains("(\"\(name)\")")
            }
            return references.sources(of: composite, "alarm_rule").resources.contains { $0.address == alarm.address }
        }
    }
}

extension PlanResourceChange {
    /// Terraform's reason and the attributes behind it.
    fileprivate var because: String {
        let paths = change.replacePaths.map { pathText($0) }
        let words = [actionReason, paths.isEmpty ? nil : paths.joined(separator: ", ")].compactMap(\.self)
        return words.isEmpty ? "" : " (\(words.joined(separator: ": ")))"
    }
}
