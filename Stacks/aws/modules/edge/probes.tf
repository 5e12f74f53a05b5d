output "probe_targets" {
  description = "What opsctl verifies about downloads."
  value = concat(
    [
      {
        id           = "cdn"
        kind         = "aws.cloudfront_distribution"
        distribution = aws_cloudfront_distribution.this.id
        region       = "us-east-1"
        expect = {
          enabled               = true
          https_only            = true
          key_groups            = [aws_cloudfront_key_group.this.id]
          minimum_tls           = local.minimum_tls
          origin_access_control = true
          web_acl               = aws_wafv2_web_acl.this.arn
        }
      },
      {
        id      = "cdn-web-acl"
        kind    = "aws.web_acl"
        web_acl = aws_wafv2_web_acl.this.arn
        scope   = "CLOUDFRONT"
        region  = "us-east-1"
        expect  = { rate_limit = var.rate_limit, default_action = "allow" }
      },
      {
        id        = "cdn-firewall-log-group"
        kind      = "aws.log_group"
        log_group = aws_cloudwatch_log_group.firewall.name
        region    = "us-east-1"
        expect    = { retention_days = local.firewall_log_days, key = module.key.arn }
      },
      {
        id     = "cdn-unsigned"
        kind   = "http"
        url    = "https://${var.domain}/"
        expect = { status = [403] }
      },
    ],
    module.key.probe_targets,
  )
}
