# opsctl:generated - edit environments/production.yaml, then: opsctl stack render --env production

module "observability" {
  source = "../../../modules/observability"

  name                  = "compress-production"
  load_balancer_suffix  = var.service.load_balancer_suffix
  target_group_suffixes = var.service.target_group_suffixes
  log_group             = var.service.log_group
  cluster               = var.service.cluster
  services              = var.service.services
  postgres_identifiers  = var.postgres.identifiers
  redis_members         = var.redis.members
  latency_p99_ms        = 1000
  error_rate_percent    = 1
  alert_emails          = ["oncall@example.com"]
}
