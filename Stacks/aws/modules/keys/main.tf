data "aws_caller_identity" "this" {}
data "aws_partition" "this" {}
data "aws_region" "this" {}

# The account decides by IAM who may use the key; no principal of another account can be granted anything.
data "aws_iam_policy_document" "this" {
  statement {
    sid       = "AccountByIam"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${data.aws_partition.this.partition}:iam::${data.aws_caller_identity.this.account_id}:root"]
    }
  }

  dynamic "statement" {
    for_each = length(var.log_group_prefixes) > 0 ? [var.log_group_prefixes] : []

    content {
      sid       = "LogGroups"
      actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
      resources = ["*"]

      principals {
        type        = "Service"
        identifiers = ["logs.${data.aws_region.this.name}.amazonaws.com"]
      }

      condition {
        test     = "ArnLike"
        variable = "kms:EncryptionContext:aws:logs:arn"
        values = [
          for prefix in statement.value : join(":", [
            "arn", data.aws_partition.this.partition, "logs", data.aws_region.this.name,
            data.aws_caller_identity.this.account_id, "log-group", "${prefix}*"
          ])
        ]
      }
    }
  }

  dynamic "statement" {
    for_each = var.service_grants

    content {
      sid       = statement.value.sid
      actions   = statement.value.actions
      resources = ["*"]

      principals {
        type        = "Service"
        identifiers = [statement.value.service]
      }

      condition {
        test     = statement.value.source.test
        variable = statement.value.source.variable
        values   = statement.value.source.values
      }
    }
  }
}

resource "aws_kms_key" "this" {
  description             = "${var.name} ${var.purpose}"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.this.json
}

resource "aws_kms_alias" "this" {
  name          = "alias/${var.name}-${var.purpose}"
  target_key_id = aws_kms_key.this.key_id
}
