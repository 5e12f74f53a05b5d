data "aws_iam_policy_document" "replication_assume" {
  for_each = local.replica

  statement {
    sid     = "ReplicationService"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["s3.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.this.account_id]
    }
  }
}

data "aws_iam_policy_document" "replication" {
  for_each = local.replica

  statement {
    sid       = "ReadConfiguration"
    actions   = ["s3:GetReplicationConfiguration", "s3:ListBucket"]
    resources = [aws_s3_bucket.this.arn]
  }

  statement {
    sid = "ReadVersions"
    actions = [
      "s3:GetObjectLegalHold", "s3:GetObjectRetention", "s3:GetObjectVersionAcl",
      "s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging",
    ]
    resources = ["${aws_s3_bucket.this.arn}/*"]
  }

  statement {
    sid       = "WriteCopies"
    actions   = ["s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags"]
    resources = ["${aws_s3_bucket.replica[each.key].arn}/*"]
  }

  statement {
    sid       = "Decrypt"
    actions   = ["kms:Decrypt"]
    resources = [module.key.arn]
  }

  statement {
    sid       = "Encrypt"
    actions   = ["kms:Encrypt"]
    resources = [module.replica_key[each.key].arn]
  }
}

resource "aws_iam_role" "replication" {
  for_each = local.replica

  name               = "${var.name}-files-replication"
  description        = "Lets S3 copy objects to the second region"
  assume_role_policy = data.aws_iam_policy_document.replication_assume[each.key].json
}

resource "aws_iam_role_policy" "replication" {
  for_each = local.replica

  name   = "replicate"
  role   = aws_iam_role.replication[each.key].id
  policy = data.aws_iam_policy_document.replication[each.key].json
}

# A policy attached by hand shows in `terraform plan` and is taken back by `apply`.
resource "aws_iam_role_policies_exclusive" "replication" {
  for_each = local.replica

  role_name    = aws_iam_role.replication[each.key].name
  policy_names = [aws_iam_role_policy.replication[each.key].name]
}

resource "aws_iam_role_policy_attachments_exclusive" "replication" {
  for_each = local.replica

  role_name   = aws_iam_role.replication[each.key].name
  policy_arns = []
}
