extension PlanSummary.Item {
    /// Types of which a new one is how they are changed at all.
    private static let revisions: Set = [
        "aws_acm_certificate_validation", "aws_cloudfront_public_key", "aws_ecs_task_definition",
        "aws_secretsmanager_secret_version",
    ]

    /// Types whose new one is empty: what the old one held is gone, also when the new one comes first.
    private static let stores: Set = [
        "aws_cloudwatch_log_group", "aws_db_instance", "aws_ecr_repository", "aws_elasticache_replication_group",
        "aws_kms_key", "aws_s3_bucket", "aws_secretsmanager_secret",
    ]

    /// Whether an apply takes something away that may be missed.
    package var isLoss: Bool {
        switch action {
        case .destroy, .forget: true
        case .replace: !isRevision && (!isCreatedFirst || Self.stores.contains(type))
        case .none, .create, .update, .read: false
        }
    }

    /// A certificate's proof in the DNS is nobody's address.
    private var isRevision: Bool {
        Self.revisions.contains(type) || type == "aws_route53_record" && name == "validation"
    }
}
