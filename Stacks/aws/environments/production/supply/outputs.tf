# opsctl:generated - edit environments/production.yaml, then: opsctl stack render --env production

output "registry" {
  description = "Where images are pushed."
  value = {
    repository_url = module.registry.repository_url
    repository_arn = module.registry.repository_arn
    key_arn        = module.registry.key_arn
  }
}

output "secrets" {
  description = "Where secrets are kept, by the variable that holds them."
  value = {
    arns    = module.secrets.arns
    key_arn = module.secrets.key_arn
  }
}

output "probe_targets" {
  description = "What opsctl verifies about this layer."
  value       = concat(module.registry.probe_targets, module.secrets.probe_targets)
}
