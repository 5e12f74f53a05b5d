# opsctl:generated - edit environments/production.yaml, then: opsctl stack render --env production

module "network" {
  source = "../../../modules/network"

  name               = "compress-production"
  cidr               = "10.20.0.0/16"
  availability_zones = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
  nat                = "per_az"
  app_port           = 8080
}
