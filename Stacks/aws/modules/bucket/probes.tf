output "probe_targets" {
  description = "What opsctl verifies about the bucket."
  value = concat(
    [
      {
        id     = "files-bucket"
        kind   = "aws.s3_bucket"
        bucket = aws_s3_bucket.this.id
        expect = {
          abort_multipart_days = var.abort_multipart_days
          access_logs          = aws_s3_bucket.logs.id
          encryption           = "aws:kms"
          expirations          = var.expirations
          noncurrent_days      = var.noncurrent_days
          ownership            = "BucketOwnerEnforced"
          public               = false
          replica              = one([for replica in aws_s3_bucket.replica : replica.id])
          retention_days       = var.retention_days
          tls_only             = true
          versioning           = true
        }
      },
      {
        id       = "files"
        kind     = "bucket"
        endpoint = "https://s3.${data.aws_region.this.name}.amazonaws.com"
        region   = data.aws_region.this.name
        bucket   = aws_s3_bucket.this.id
        prefix   = var.canary_prefix
        expect   = { anonymous = "refused", presigned = true }
      },
    ],
    module.key.probe_targets,
  )
}
