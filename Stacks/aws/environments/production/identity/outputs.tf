# opsctl:generated - edit environments/production.yaml, then: opsctl stack render --env production

output "identity" {
  description = "Roles of the application and of its pipeline."
  value = {
    task_role       = module.identity.task_role
    execution_role  = module.identity.execution_role
    boundary_arn    = module.identity.boundary_arn
    plan_role_arn   = module.identity.plan_role_arn
    apply_role_arn  = module.identity.apply_role_arn
    deploy_role_arn = module.identity.deploy_role_arn
  }
}

output "probe_targets" {
  description = "What opsctl verifies about this layer."
  value       = module.identity.probe_targets
}
