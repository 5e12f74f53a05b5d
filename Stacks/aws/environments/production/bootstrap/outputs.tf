# opsctl:generated - edit environments/production.yaml, then: opsctl stack render --env production

output "bootstrap" {
  description = "Where every layer's state is."
  value = {
    state_bucket = module.bootstrap.state_bucket
    key_arn      = module.bootstrap.key_arn
  }
}

output "probe_targets" {
  description = "What opsctl verifies about this layer."
  value       = module.bootstrap.probe_targets
}
