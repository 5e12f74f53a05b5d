# opsctl:generated - edit environments/production.yaml, then: opsctl stack render --env production

module "service" {
  source = "../../../modules/service"

  name                = "compress-production"
  vpc_id              = var.network.vpc_id
  public_subnet_ids   = var.network.public_subnet_ids
  private_subnet_ids  = var.network.private_subnet_ids
  security_group_ids  = var.network.security_group_ids
  task_role           = var.identity.task_role
  execution_role      = var.identity.execution_role
  repository_url      = var.registry.repository_url
  repository_arn      = var.registry.repository_arn
  registry_key_arn    = var.registry.key_arn
  secret_arns         = var.secrets.arns
  secrets_key_arn     = var.secrets.key_arn
  logs_bucket         = var.storage.logs_bucket
  policy_arns         = [var.postgres.connect_policy_arn, var.redis.connect_policy_arn, var.storage.app_policy_arn]
  domain              = "compress.example.com"
  zone_id             = "Z0123456789EXAMPLE"
  image_digest        = "sha256:0000000000000000000000000000000000000000000000000000000000000001"
  port                = 8080
  health_path         = "/healthz"
  cpu                 = 1024
  memory              = 2048
  tasks               = 2
  tasks_limit         = 8
  rate_limit          = 2000
  deletion_protection = true
  log_days            = 90
  environment = {
    APP_BUCKET_URL  = "s3://${var.storage.bucket}?endpoint=https://s3.eu-central-1.amazonaws.com&region=eu-central-1&addressing=path"
    APP_ENVIRONMENT = "production"
    APP_LISTEN      = "0.0.0.0:8080"
    APP_RELEASE     = "sha256-0000000000000000000000000000000000000000000000000000000000000001"
    APP_SPOOL_DIR   = "/tmp/spool"
  }
}
