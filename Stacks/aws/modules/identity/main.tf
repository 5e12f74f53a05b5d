# Who may do what: the two roles of the running application here, the three of CI in ci_*.tf.

data "aws_caller_identity" "this" {}
data "aws_partition" "this" {}
data "aws_region" "this" {}

locals {
  account   = data.aws_caller_identity.this.account_id
  partition = data.aws_partition.this.partition
  region    = data.aws_region.this.name

  arn = {
    for service in ["ecr", "ecs", "elasticache", "elasticloadbalancing", "kms", "logs", "rds", "rds-db", "secretsmanager", "sns"] :
    service => "arn:${local.partition}:${service}:${local.region}:${local.account}"
  }
  iam = "arn:${local.partition}:iam::${local.account}"
}

data "aws_iam_policy_document" "runtime_trust" {
  statement {
    sid     = "EcsTasks"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }

    # No other account can have ECS take on this role.
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

# The most that the application could ever do, whatever policy is attached to its roles.
data "aws_iam_policy_document" "runtime_boundary" {
  statement {
    sid       = "Files"
    actions   = ["s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject"]
    resources = ["arn:${local.partition}:s3:::${var.name}-files-*", "arn:${local.partition}:s3:::${var.name}-files-*/*"]
  }

  statement {
    sid       = "Keys"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = ["${local.arn.kms}:key/*"]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = [for service in ["ecr", "s3", "secretsmanager"] : "${service}.${local.region}.amazonaws.com"]
    }
  }

  statement {
    sid       = "Databases"
    actions   = ["elasticache:Connect", "rds-db:connect"]
    resources = ["${local.arn["rds-db"]}:dbuser:*/*", "${local.arn.elasticache}:*:${var.name}-*"]
  }

  statement {
    sid       = "Secrets"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = ["${local.arn.secretsmanager}:secret:${var.name}/*"]
  }

  # The password of PostgreSQL's administrator lies beside the application's secrets.
  statement {
    sid       = "NoMasterPassword"
    effect    = "Deny"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = ["${local.arn.secretsmanager}:secret:${var.name}/postgres-master-*"]
  }

  statement {
    sid       = "Images"
    actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    resources = ["${local.arn.ecr}:repository/${var.name}"]
  }

  # The token names no repository; what it opens is decided by the statement above.
  statement {
    sid       = "RegistryToken"
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"]
  }

  statement {
    sid       = "Logs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${local.arn.logs}:log-group:/${var.name}/*"]
  }
}

resource "aws_iam_policy" "runtime_boundary" {
  name        = "${var.name}-runtime-boundary"
  description = "The most that the application of ${var.name} could ever do"
  policy      = data.aws_iam_policy_document.runtime_boundary.json
}

# Their policies come from the module service, which also makes them exclusive.
resource "aws_iam_role" "runtime" {
  for_each = {
    task      = "The application itself"
    execution = "ECS, starting the application: image, secrets, logs"
  }

  name                 = "${var.name}-${each.key}"
  description          = each.value
  assume_role_policy   = data.aws_iam_policy_document.runtime_trust.json
  permissions_boundary = aws_iam_policy.runtime_boundary.arn
}
