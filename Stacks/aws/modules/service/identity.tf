# The application may do what its stores' policies say, and nothing else.
resource "aws_iam_role_policy_attachment" "task" {
  for_each = toset(var.policy_arns)

  role       = var.task_role.name
  policy_arn = each.value
}

# A policy attached by hand shows in `terraform plan` and is taken back by `apply`.
resource "aws_iam_role_policy_attachments_exclusive" "task" {
  role_name   = var.task_role.name
  policy_arns = [for attachment in aws_iam_role_policy_attachment.task : attachment.policy_arn]
}

resource "aws_iam_role_policies_exclusive" "task" {
  role_name    = var.task_role.name
  policy_names = []
}

# What ECS needs to start a task: its image, its secrets, its log.
data "aws_iam_policy_document" "execution" {
  statement {
    sid       = "Images"
    actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    resources = [var.repository_arn]
  }

  # The token names no repository; what it opens is decided by the statement above.
  statement {
    sid       = "RegistryToken"
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"]
  }

  statement {
    sid       = "DecryptImages"
    actions   = ["kms:Decrypt"]
    resources = [var.registry_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["ecr.${data.aws_region.this.name}.amazonaws.com"]
    }
  }

  statement {
    sid       = "Logs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.app.arn}:*"]
  }

  dynamic "statement" {
    for_each = length(var.secret_arns) > 0 ? [values(var.secret_arns)] : []

    content {
      sid       = "Secrets"
      actions   = ["secretsmanager:GetSecretValue"]
      resources = statement.value
    }
  }

  dynamic "statement" {
    for_each = length(var.secret_arns) > 0 ? [var.secrets_key_arn] : []

    content {
      sid       = "DecryptSecrets"
      actions   = ["kms:Decrypt"]
      resources = [statement.value]

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["secretsmanager.${data.aws_region.this.name}.amazonaws.com"]
      }
    }
  }
}

resource "aws_iam_role_policy" "execution" {
  name   = "execution"
  role   = var.execution_role.name
  policy = data.aws_iam_policy_document.execution.json
}

resource "aws_iam_role_policies_exclusive" "execution" {
  role_name    = var.execution_role.name
  policy_names = [aws_iam_role_policy.execution.name]
}

resource "aws_iam_role_policy_attachments_exclusive" "execution" {
  role_name   = var.execution_role.name
  policy_arns = []
}
