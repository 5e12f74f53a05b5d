# opsctl:generated - edit environments/production.yaml, then: opsctl stack render --env production

output "bucket" {
  description = "Where files are, and what may use them."
  value = {
    bucket           = module.bucket.bucket
    bucket_arn       = module.bucket.bucket_arn
    domain           = module.bucket.domain
    logs_bucket      = module.bucket.logs_bucket
    replica_bucket   = module.bucket.replica_bucket
    app_policy_arn   = module.bucket.app_policy_arn
    probe_policy_arn = module.bucket.probe_policy_arn
    key_arn          = module.bucket.key_arn
  }
}

output "probe_targets" {
  description = "What opsctl verifies about this layer."
  value       = module.bucket.probe_targets
}
