# A firewall of scope CLOUDFRONT, and its logs, live in us-east-1.

resource "aws_wafv2_web_acl" "this" {
  provider = aws.global

  name        = "${var.name}-cdn"
  description = "Downloads from ${var.domain}"
  scope       = "CLOUDFRONT"

  default_action {
    allow {}
  }

  rule {
    name     = "rate-limit"
    priority = 0

    action {
      block {}
    }

    statement {
      rate_based_statement {
        limit              = var.rate_limit
        aggregate_key_type = "IP"
      }
    }

    visibility_config {
      metric_name                = "rate-limit"
      cloudwatch_metrics_enabled = true
      sampled_requests_enabled   = true
    }
  }

  rule {
    name     = "common"
    priority = 1

    override_action {
      none {}
    }

    statement {
      managed_rule_group_statement {
        vendor_name = "AWS"
        name        = "AWSManagedRulesCommonRuleSet"
      }
    }

    visibility_config {
      metric_name                = "common"
      cloudwatch_metrics_enabled = true
      sampled_requests_enabled   = true
    }
  }

  visibility_config {
    metric_name                = "${var.name}-cdn"
    cloudwatch_metrics_enabled = true
    sampled_requests_enabled   = true
  }
}

module "key" {
  source    = "../keys"
  providers = { aws = aws.global }

  name               = var.name
  purpose            = "cdn"
  log_group_prefixes = ["aws-waf-logs-${var.name}-cdn"]
}

# AWS asks for names that begin with aws-waf-logs-.
resource "aws_cloudwatch_log_group" "firewall" {
  provider = aws.global

  name              = "aws-waf-logs-${var.name}-cdn"
  retention_in_days = local.firewall_log_days
  kms_key_id        = module.key.arn
}

# A signed URL is as good as a password while it is valid: its query stays out of the log.
resource "aws_wafv2_web_acl_logging_configuration" "this" {
  provider = aws.global

  resource_arn            = aws_wafv2_web_acl.this.arn
  log_destination_configs = [aws_cloudwatch_log_group.firewall.arn]

  redacted_fields {
    query_string {}
  }

  redacted_fields {
    single_header {
      name = "cookie"
    }
  }
}

locals {
  firewall_log_days = 90
}
