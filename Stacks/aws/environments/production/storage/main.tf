# opsctl:generated - edit environments/production.yaml, then: opsctl stack render --env production

module "storage" {
  source = "../../../modules/storage"
  providers = {
    aws         = aws
    aws.replica = aws.replica
  }

  name                    = "compress-production"
  retention_days          = 0
  noncurrent_days         = 30
  abort_multipart_days    = 3
  access_log_days         = 365
  cors_origins            = ["https://compress.example.com"]
  is_replicated           = true
  is_served_by_cdn        = true
  is_load_balancer_logged = true
  expirations = [
    {
      prefix = "jobs/"
      days   = 30
    },
    {
      prefix = "opsctl-canary/"
      days   = 1
    },
  ]
}
