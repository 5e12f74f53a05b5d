# opsctl:generated - edit environments/production.yaml, then: opsctl stack render --env production

output "postgres" {
  description = "Where PostgreSQL is, and what may connect to it."
  value = {
    endpoint           = module.postgres.endpoint
    replica_endpoints  = module.postgres.replica_endpoints
    database           = module.postgres.database
    identifiers        = module.postgres.identifiers
    master_secret_arn  = module.postgres.master_secret_arn
    connect_policy_arn = module.postgres.connect_policy_arn
    key_arn            = module.postgres.key_arn
  }
}

output "redis" {
  description = "Where Redis is, and what may connect to it."
  value = {
    endpoint           = module.redis.endpoint
    reader_endpoint    = module.redis.reader_endpoint
    user               = module.redis.user
    group_id           = module.redis.group_id
    members            = module.redis.members
    connect_policy_arn = module.redis.connect_policy_arn
    key_arn            = module.redis.key_arn
  }
}

output "probe_targets" {
  description = "What opsctl verifies about this layer."
  value       = concat(module.postgres.probe_targets, module.redis.probe_targets)
}
