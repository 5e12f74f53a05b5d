# opsctl:generated - edit environments/production.yaml, then: opsctl stack render --env production

provider "aws" {
  region              = "eu-central-1"
  allowed_account_ids = ["123456789012"]

  default_tags {
    tags = {
      CostCentre  = "4200"
      DataClass   = "confidential"
      Environment = "production"
      Layer       = "supply"
      ManagedBy   = "opsctl"
      Owner       = "platform"
      Product     = "compress"
    }
  }
}
