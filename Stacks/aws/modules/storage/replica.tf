# A copy of every object in a second region, under a key of that region.

locals {
  replica = var.is_replicated ? { this = true } : {}
}

data "aws_region" "replica" {
  for_each = local.replica
  provider = aws.replica
}

module "replica_key" {
  source   = "../keys"
  for_each = local.replica

  providers = { aws = aws.replica }
  name      = var.name
  purpose   = "files-replica"
}

resource "aws_s3_bucket" "replica" {
  for_each = local.replica
  provider = aws.replica

  bucket              = "${var.name}-replica-${data.aws_caller_identity.this.account_id}-${data.aws_region.this.name}"
  object_lock_enabled = var.retention_days > 0
}

resource "aws_s3_bucket_versioning" "replica" {
  for_each = local.replica
  provider = aws.replica

  bucket = aws_s3_bucket.replica[each.key].id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "replica" {
  for_each = local.replica
  provider = aws.replica

  bucket = aws_s3_bucket.replica[each.key].id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = module.replica_key[each.key].arn
    }
  }
}

resource "aws_s3_bucket_public_access_block" "replica" {
  for_each = local.replica
  provider = aws.replica

  bucket                  = aws_s3_bucket.replica[each.key].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "replica" {
  for_each = local.replica
  provider = aws.replica

  bucket = aws_s3_bucket.replica[each.key].id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

data "aws_iam_policy_document" "replica" {
  for_each = local.replica

  statement {
    sid       = "OnlyOverTls"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.replica[each.key].arn, "${aws_s3_bucket.replica[each.key].arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_s3_bucket_policy" "replica" {
  for_each = local.replica
  provider = aws.replica

  bucket     = aws_s3_bucket.replica[each.key].id
  policy     = data.aws_iam_policy_document.replica[each.key].json
  depends_on = [aws_s3_bucket_public_access_block.replica]
}

# S3 copies locked objects only to where they are locked as well.
resource "aws_s3_bucket_object_lock_configuration" "replica" {
  for_each = { for key, wanted in local.replica : key => wanted if var.retention_days > 0 }
  provider = aws.replica

  bucket     = aws_s3_bucket.replica[each.key].id
  depends_on = [aws_s3_bucket_versioning.replica]

  rule {
    default_retention {
      mode = "GOVERNANCE"
      days = var.retention_days
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "replica" {
  for_each = local.replica
  provider = aws.replica

  bucket     = aws_s3_bucket.replica[each.key].id
  depends_on = [aws_s3_bucket_versioning.replica]

  rule {
    id     = "all"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = var.abort_multipart_days
    }

    noncurrent_version_expiration {
      noncurrent_days = var.noncurrent_days
    }
  }

  # Without this rule every expired object leaves a delete marker for ever.
  rule {
    id     = "delete-markers"
    status = "Enabled"

    filter {}

    expiration {
      expired_object_delete_marker = true
    }
  }

  # Deletions are copied, expirations by lifecycle are not: the copy has to expire by itself.
  dynamic "rule" {
    for_each = var.expirations

    content {
      id     = "expire-${rule.value.prefix}"
      status = "Enabled"

      filter {
        prefix = rule.value.prefix
      }

      expiration {
        days = rule.value.days
      }
    }
  }
}

resource "aws_s3_bucket_replication_configuration" "this" {
  for_each = local.replica

  bucket     = aws_s3_bucket.this.id
  role       = aws_iam_role.replication[each.key].arn
  depends_on = [aws_s3_bucket_versioning.this, aws_s3_bucket_versioning.replica, aws_s3_bucket_object_lock_configuration.replica]

  rule {
    id     = "all"
    status = "Enabled"

    filter {}

    delete_marker_replication {
      status = "Enabled"
    }

    source_selection_criteria {
      sse_kms_encrypted_objects {
        status = "Enabled"
      }
    }

    destination {
      bucket        = aws_s3_bucket.replica[each.key].arn
      storage_class = "STANDARD_IA"

      encryption_configuration {
        replica_kms_key_id = module.replica_key[each.key].arn
      }
    }
  }
}
