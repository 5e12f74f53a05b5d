resource "aws_s3_bucket" "logs" {
  bucket = "${var.name}-logs-${data.aws_caller_identity.this.account_id}-${data.aws_region.this.name}"
}

resource "aws_s3_bucket_versioning" "logs" {
  bucket = aws_s3_bucket.logs.id

  versioning_configuration {
    status = "Enabled"
  }
}

# S3 delivers access logs only to buckets encrypted with its own keys, never with a customer's KMS key.
resource "aws_s3_bucket_server_side_encryption_configuration" "logs" {
  bucket = aws_s3_bucket.logs.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_public_access_block" "logs" {
  bucket                  = aws_s3_bucket.logs.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "logs" {
  bucket = aws_s3_bucket.logs.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "logs" {
  bucket     = aws_s3_bucket.logs.id
  depends_on = [aws_s3_bucket_versioning.logs]

  rule {
    id     = "expire"
    status = "Enabled"

    filter {}

    expiration {
      days = var.access_log_days
    }

    noncurrent_version_expiration {
      noncurrent_days = 7
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }
}

# The grants to services stand before the statement for everybody: S3 emulators read only the first.
data "aws_iam_policy_document" "logs" {
  statement {
    sid       = "ServerAccessLogs"
    actions   = ["s3:PutObject"]
    resources = ["${aws_s3_bucket.logs.arn}/files/*"]

    principals {
      type        = "Service"
      identifiers = ["logging.s3.amazonaws.com"]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = [aws_s3_bucket.this.arn]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.this.account_id]
    }
  }

  dynamic "statement" {
    for_each = var.is_load_balancer_logged ? [var.name] : []

    content {
      sid       = "LoadBalancerLogs"
      actions   = ["s3:PutObject"]
      resources = ["${aws_s3_bucket.logs.arn}/load-balancer/AWSLogs/${data.aws_caller_identity.this.account_id}/*"]

      principals {
        type        = "Service"
        identifiers = ["logdelivery.elasticloadbalancing.amazonaws.com"]
      }

      condition {
        test     = "ArnLike"
        variable = "aws:SourceArn"
        values = [join(":", [
          "arn", data.aws_partition.this.partition, "elasticloadbalancing", data.aws_region.this.name,
          data.aws_caller_identity.this.account_id, "loadbalancer/app/${statement.value}/*"
        ])]
      }
    }
  }

  # CloudFront's logs come by CloudWatch's delivery, which needs no ACLs: this bucket has none.
  dynamic "statement" {
    for_each = var.is_served_by_cdn ? [var.name] : []

    content {
      sid       = "CdnLogs"
      actions   = ["s3:PutObject"]
      resources = ["${aws_s3_bucket.logs.arn}/cdn/*"]

      principals {
        type        = "Service"
        identifiers = ["delivery.logs.amazonaws.com"]
      }

      condition {
        test     = "StringEquals"
        variable = "aws:SourceAccount"
        values   = [data.aws_caller_identity.this.account_id]
      }

      condition {
        test     = "ArnLike"
        variable = "aws:SourceArn"
        values = [join(":", [
          "arn", data.aws_partition.this.partition, "logs", "us-east-1",
          data.aws_caller_identity.this.account_id, "delivery-source", "${statement.value}-*"
        ])]
      }
    }
  }

  statement {
    sid       = "OnlyOverTls"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.logs.arn, "${aws_s3_bucket.logs.arn}/*"]

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

resource "aws_s3_bucket_policy" "logs" {
  bucket     = aws_s3_bucket.logs.id
  policy     = data.aws_iam_policy_document.logs.json
  depends_on = [aws_s3_bucket_public_access_block.logs]
}

resource "aws_s3_bucket_logging" "this" {
  bucket        = aws_s3_bucket.this.id
  target_bucket = aws_s3_bucket.logs.id
  target_prefix = "files/"
  depends_on    = [aws_s3_bucket_policy.logs]
}
