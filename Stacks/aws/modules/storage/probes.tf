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
        id     = "logs-bucket"
        kind   = "aws.s3_bucket"
        bucket = aws_s3_bucket.logs.id
        expect = {
          abort_multipart_days = 1
          encryption           = "AES256"
          expirations          = [{ prefix = "", days = var.access_log_days }]
          noncurrent_days      = 7
          ownership            = "BucketOwnerEnforced"
          public               = false
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
    [
      for key, replica in aws_s3_bucket.replica : {
        id     = "files-replica-bucket"
        kind   = "aws.s3_bucket"
        bucket = replica.id
        region = data.aws_region.replica[key].name
        expect = {
          abort_multipart_days = var.abort_multipart_days
          encryption           = "aws:kms"
          expirations          = var.expirations
          noncurrent_days      = var.noncurrent_days
          ownership            = "BucketOwnerEnforced"
          public               = false
          retention_days       = var.retention_days
          tls_only             = true
          versioning           = true
        }
      }
    ],
    [
      for key, role in aws_iam_role.replication : {
        id   = "files-replication-role"
        kind = "aws.iam_role"
        role = role.name
        expect = {
          inline_policies   = [aws_iam_role_policy.replication[key].name]
          attached_policies = []
          trusted           = ["s3.amazonaws.com"]
        }
      }
    ],
    module.key.probe_targets,
    flatten([for key in module.replica_key : key.probe_targets]),
  )
}
