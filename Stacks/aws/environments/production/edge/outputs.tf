# opsctl:generated - edit environments/production.yaml, then: opsctl stack render --env production

output "edge" {
  description = "Where files are served to the world."
  value = {
    domain           = module.edge.domain
    distribution_id  = module.edge.distribution_id
    distribution_arn = module.edge.distribution_arn
    key_group_id     = module.edge.key_group_id
    key_pair_ids     = module.edge.key_pair_ids
  }
}

output "probe_targets" {
  description = "What opsctl verifies about this layer."
  value       = module.edge.probe_targets
}
