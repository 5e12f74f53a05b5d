# What the application may do: its own prefix, and the key only by way of S3.
data "aws_iam_policy_document" "app" {
  statement {
    sid       = "Objects"
    actions   = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
    resources = ["${aws_s3_bucket.this.arn}/${var.app_prefix}*"]
  }

  statement {
    sid       = "List"
    actions   = ["s3:ListBucket"]
    resources = [aws_s3_bucket.this.arn]

    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["${var.app_prefix}*"]
    }
  }

  statement {
    sid       = "UseKeyThroughS3"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [module.key.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${data.aws_region.this.name}.amazonaws.com"]
    }
  }
}

resource "aws_iam_policy" "app" {
  name        = "${var.name}-files-app"
  description = "Read and write below ${var.app_prefix} of the bucket"
  policy      = data.aws_iam_policy_document.app.json
}

# What a probe may do: nothing but its canary.
data "aws_iam_policy_document" "probe" {
  statement {
    sid       = "Canary"
    actions   = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
    resources = ["${aws_s3_bucket.this.arn}/${var.canary_prefix}*"]
  }

  # Without it an absent object is answered with 403 instead of 404.
  statement {
    sid       = "SeeThatItIsGone"
    actions   = ["s3:ListBucket"]
    resources = [aws_s3_bucket.this.arn]
  }

  statement {
    sid       = "UseKeyThroughS3"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [module.key.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${data.aws_region.this.name}.amazonaws.com"]
    }
  }
}

resource "aws_iam_policy" "probe" {
  name        = "${var.name}-files-probe"
  description = "Write, read and remove the canary of a probe"
  policy      = data.aws_iam_policy_document.probe.json
}
