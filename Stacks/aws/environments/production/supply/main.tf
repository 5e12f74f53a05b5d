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
