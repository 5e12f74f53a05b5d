# opsctl:generated - edit environments/production.yaml, then: opsctl stack render --env production

terraform {
  required_version = ">= 1.11, < 2.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }

  backend "s3" {
    bucket              = "compress-tfstate-123456789012"
    key                 = "production/supply/terraform.tfstate"
    region              = "eu-central-1"
    allowed_account_ids = ["123456789012"]
    encrypt             = true
    use_lockfile        = true
  }
}
