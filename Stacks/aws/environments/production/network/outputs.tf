# opsctl:generated - edit environments/production.yaml, then: opsctl stack render --env production

output "network" {
  description = "What other layers need of the network: their variable `network`."
  value = {
    vpc_id             = module.network.vpc_id
    public_subnet_ids  = module.network.public_subnet_ids
    private_subnet_ids = module.network.private_subnet_ids
    data_subnet_ids    = module.network.data_subnet_ids
    security_group_ids = module.network.security_group_ids
  }
}

output "probe_targets" {
  description = "What opsctl verifies about this layer."
  value       = module.network.probe_targets
}
