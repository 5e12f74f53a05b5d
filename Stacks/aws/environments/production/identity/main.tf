# opsctl:generated - edit environments/production.yaml, then: opsctl stack render --env production

module "identity" {
  source = "../../../modules/identity"

  name         = "compress-production"
  environment  = "production"
  state_bucket = "compress-tfstate-123456789012"
  ci = {
    repository    = "acme/compress"
    branch        = "main"
    owns_provider = true
  }
}
