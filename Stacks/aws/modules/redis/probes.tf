output "probe_targets" {
  description = "What opsctl verifies about Redis."
  value = concat(
    [
      {
        id                = "redis-group"
        kind              = "aws.elasticache_replication_group"
        replication_group = aws_elasticache_replication_group.this.id
        expect = {
          encrypted_at_rest = true
          failover          = local.has_failover
          log_types         = sort(local.log_types)
          maxmemory_policy  = var.maxmemory_policy
          multi_az          = local.has_failover
          nodes             = var.nodes
          snapshot_days     = var.snapshot_days
          transit           = "required"
        }
      },
      {
        id     = "redis"
        kind   = "redis"
        host   = aws_elasticache_replication_group.this.primary_endpoint_address
        port   = aws_elasticache_replication_group.this.port
        user   = aws_elasticache_user.app.user_name
        expect = { role = "master", tls = "verified", plaintext = "refused", unauthenticated = "refused" }
      },
    ],
    [
      for kind, group in aws_cloudwatch_log_group.this : {
        id        = "redis-log-group-${kind}"
        kind      = "aws.log_group"
        log_group = group.name
        expect    = { retention_days = group.retention_in_days, key = module.key.arn }
      }
    ],
    module.key.probe_targets,
  )
}
