data "aws_caller_identity" "this" {}
data "aws_partition" "this" {}
data "aws_region" "this" {}

data "aws_iam_policy_document" "monitoring_assume" {
  statement {
    sid     = "EnhancedMonitoringService"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["monitoring.rds.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.this.account_id]
    }
  }
}

resource "aws_iam_role" "monitoring" {
  name               = "${local.identifier}-monitoring"
  description        = "Lets RDS publish enhanced monitoring"
  assume_role_policy = data.aws_iam_policy_document.monitoring_assume.json
}

resource "aws_iam_role_policy_attachment" "monitoring" {
  role       = aws_iam_role.monitoring.name
  policy_arn = "arn:${data.aws_partition.this.partition}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
}

# A policy attached by hand shows in `terraform plan` and is taken back by `apply`.
resource "aws_iam_role_policy_attachments_exclusive" "monitoring" {
  role_name   = aws_iam_role.monitoring.name
  policy_arns = [aws_iam_role_policy_attachment.monitoring.policy_arn]
}

resource "aws_iam_role_policies_exclusive" "monitoring" {
  role_name    = aws_iam_role.monitoring.name
  policy_names = []
}

data "aws_iam_policy_document" "connect" {
  statement {
    sid     = "ConnectAsAppRole"
    actions = ["rds-db:connect"]

    resources = [
      for server in concat([aws_db_instance.primary], aws_db_instance.replica) : join(":", [
        "arn", data.aws_partition.this.partition, "rds-db", data.aws_region.this.name,
        data.aws_caller_identity.this.account_id, "dbuser", "${server.resource_id}/${var.app_role}"
      ])
    ]
  }
}

resource "aws_iam_policy" "connect" {
  name        = "${local.identifier}-connect"
  description = "Log in to PostgreSQL as ${var.app_role}, on this environment's servers only"
  policy      = data.aws_iam_policy_document.connect.json
}
