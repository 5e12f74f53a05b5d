# opsctl:generated - edit environments/production.yaml, then: opsctl stack render --env production

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
  value       = module.service.probe_targets
}
