# opsctl:generated - edit environments/production.yaml, then: opsctl stack render --env production

module "bootstrap" {
  source = "../../../modules/bootstrap"

  state_bucket = "compress-tfstate-123456789012"
}
