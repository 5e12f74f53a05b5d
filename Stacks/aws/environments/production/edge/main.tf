# opsctl:generated - edit environments/production.yaml, then: opsctl stack render --env production

module "edge" {
  source = "../../../modules/edge"
  providers = {
    aws        = aws
    aws.global = aws.global
  }

  name               = "compress-production"
  bucket             = var.storage.bucket
  bucket_domain      = var.storage.domain
  logs_bucket_domain = var.storage.logs_bucket_domain
  domain             = "files.compress.example.com"
  zone_id            = "Z0123456789EXAMPLE"
  rate_limit         = 2000
  ttl_seconds        = 3600
  price_class        = "PriceClass_100"
  signing_keys = [
    {
      name       = "2026-11"
      public_key = "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAs7X7A9sSe9A/ac4O5QJ6\nGF7/L9g+BJXvetLspHdkbmtpBYyhvtNA7rDFEv1m6tunwFTlnpVDg8E6PYhx5692\nMrExOvPuSEo1HiNwKFhGfx8QzCLxdyywPw5RZoQZBFrYXe6i/Ta/6c0AcLSaPwRp\ntl77w0/ZB3qau3GvEaHt5BDL8R8bbrqlej/hJbZJpRRvV5YXwYV5jZOau8MbF5sF\n1q3mAVyKVy9ZfgupYDz1NgF248TkjHNuvuHTspliut4BSgj5tshJJvmDM6C/yCS4\nZ3fHPdUVgrkxaem3xt3ySoI60rSujy4CNN+xtrqty8UVlXGOWUyhVcemj4FY8xnu\nTwIDAQAB\n-----END PUBLIC KEY-----\n"
    },
  ]
}
