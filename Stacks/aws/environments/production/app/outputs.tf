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

output "service" {
  description = "Where the application answers, and what moves its traffic."
  value = {
    url                   = module.service.url
    load_balancer_arn     = module.service.load_balancer_arn
    load_balancer_suffix  = module.service.load_balancer_suffix
    target_group_arns     = module.service.target_group_arns
    target_group_suffixes = module.service.target_group_suffixes
    listener_arn          = module.service.listener_arn
    cluster               = module.service.cluster
    services              = module.service.services
    log_group             = module.service.log_group
    web_acl_arn           = module.service.web_acl_arn
    key_arn               = module.service.key_arn
  }
}

output "probe_targets" {
  description = "What opsctl verifies about this layer."
  value       = concat(module.registry.probe_targets, module.secrets.probe_targets, module.service.probe_targets)
}
