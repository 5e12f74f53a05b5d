output "probe_targets" {
  description = "What opsctl verifies about the bucket of states."
  value = concat(
    [
      {
        id     = "state-bucket"
        kind   = "aws.s3_bucket"
        bucket = aws_s3_bucket.this.id
        expect = {
          abort_multipart_days = local.abort_multipart_days
          encryption           = "aws:kms"
          noncurrent_days      = local.noncurrent_days
          ownership            = "BucketOwnerEnforced"
          public               = false
          tls_only             = true
          versioning           = true
        }
      },
    ],
    module.key.probe_targets,
  )
}
