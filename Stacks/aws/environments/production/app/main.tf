# opsctl:generated - edit environments/production.yaml, then: opsctl stack render --env production

module "registry" {
  source = "../../../modules/registry"

  name = "compress-production"
}

module "secrets" {
  source = "../../../modules/secrets"

  name = "compress-production"
  secrets = [
    {
      name     = "signing-key"
      variable = "APP_SIGNING_KEY"
      source   = "generated"
    },
    {
      name     = "database-url"
      variable = "APP_DATABASE_URL"
      source   = "supplied"
    },
    {
      name     = "redis-url"
      variable = "APP_REDIS_URL"
      source   = "supplied"
    },
    {
      name     = "bucket-access-key"
      variable = "APP_BUCKET_ACCESS_KEY"
      source   = "supplied"
    },
    {
      name     = "bucket-secret-key"
      variable = "APP_BUCKET_SECRET_KEY"
      source   = "supplied"
    },
  ]
}

module "service" {
  source = "../../../modules/service"

  name                = "compress-production"
  vpc_id              = var.network.vpc_id
  public_subnet_ids   = var.network.public_subnet_ids
  private_subnet_ids  = var.network.private_subnet_ids
  security_group_ids  = var.network.security_group_ids
  task_role           = var.identity.task_role
  execution_role      = var.identity.execution_role
  repository_url      = module.registry.repository_url
  repository_arn      = module.registry.repository_arn
  registry_key_arn    = module.registry.key_arn
  secret_arns         = module.secrets.arns
  secrets_key_arn     = module.secrets.key_arn
  logs_bucket         = var.storage.logs_bucket
  policy_arns         = [var.postgres.connect_policy_arn, var.redis.connect_policy_arn, var.storage.app_policy_arn]
  domain              = "compress.example.com"
  zone_id             = "Z0123456789EXAMPLE"
  image_digest        = "sha256:0000000000000000000000000000000000000000000000000000000000000001"
  port                = 8080
  health_path         = "/readyz"
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
    APP_SPOOL_DIR   = "/tmp"
  }
}
