# opsctl:generated - edit environments/production.yaml, then: opsctl stack render --env production

output "storage" {
  description = "Where files are, and what may use them."
  value = {
    bucket             = module.storage.bucket
    bucket_arn         = module.storage.bucket_arn
    domain             = module.storage.domain
    logs_bucket        = module.storage.logs_bucket
    logs_bucket_domain = module.storage.logs_bucket_domain
    replica_bucket     = module.storage.replica_bucket
    app_policy_arn     = module.storage.app_policy_arn
    probe_policy_arn   = module.storage.probe_policy_arn
    key_arn            = module.storage.key_arn
  }
}

output "probe_targets" {
  description = "What opsctl verifies about this layer."
  value       = module.storage.probe_targets
}
