mock_provider "aws" {
  mock_resource "aws_cloudfront_distribution" {
    defaults = { arn = "arn:aws:cloudfront::123456789012:distribution/EMOCK" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
}

mock_provider "aws" {
  alias = "global"

  mock_resource "aws_acm_certificate" {
    defaults = {
      arn                       = "arn:aws:acm:us-east-1:123456789012:certificate/mock"
      domain_validation_options = [{ domain_name = "app.example.com", resource_record_name = "_mock.example.com", resource_record_type = "CNAME", resource_record_value = "mock.acm" }]
    }
  }
  mock_resource "aws_acm_certificate_validation" {
    defaults = { certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/mock" }
  }
  mock_resource "aws_wafv2_web_acl" {
    defaults = { arn = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/mock/00000000-0000-0000-0000-000000000000" }
  }
  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000" }
  }
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:us-east-1:123456789012:log-group:mock" }
  }
  mock_resource "aws_cloudwatch_log_delivery_destination" {
    defaults = { arn = "arn:aws:logs:us-east-1:123456789012:delivery-destination:mock" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
}

variables {
  name               = "acme-test"
  bucket             = "acme-test-files"
  bucket_domain      = "acme-test-files.s3.eu-west-1.amazonaws.com"
  logs_bucket_domain = "acme-test-logs.s3.eu-west-1.amazonaws.com"
  domain             = "files.example.com"
  zone_id            = "Z0123456789EXAMPLE"
  rate_limit         = 2000
  ttl_seconds        = 3600
  price_class        = "PriceClass_100"
  signing_keys       = [{ name = "one", public_key = "-----BEGIN PUBLIC KEY-----\nmock\n-----END PUBLIC KEY-----\n" }]
}

run "only_signed_urls_over_tls_are_served" {
  command = apply

  assert {
    condition     = one(aws_cloudfront_distribution.this.default_cache_behavior).trusted_key_groups == tolist([aws_cloudfront_key_group.this.id])
    error_message = "the default behaviour asks for a signature"
  }

  assert {
    condition     = one(aws_cloudfront_distribution.this.default_cache_behavior).viewer_protocol_policy == "https-only"
    error_message = "there is no clear text, not even a redirect"
  }

  assert {
    condition     = one(aws_cloudfront_distribution.this.viewer_certificate).minimum_protocol_version == "TLSv1.2_2021"
    error_message = "TLS 1.2 at least"
  }

  assert {
    condition     = one(aws_cloudfront_distribution.this.origin).origin_access_control_id == aws_cloudfront_origin_access_control.this.id
    error_message = "requests to the bucket are signed"
  }

  assert {
    condition     = !contains(aws_cloudwatch_log_delivery.this.record_fields, "cs-uri-query")
    error_message = "signatures stay out of the log"
  }

  assert {
    condition     = keys(output.key_pair_ids) == ["one"] && length(aws_wafv2_web_acl.this.rule) == 2
    error_message = "the key is known by its name, and the firewall has both rules"
  }
}

run "no_signing_key_is_refused" {
  command = plan

  variables {
    signing_keys = []
  }

  expect_failures = [var.signing_keys]
}

run "private_key_is_refused" {
  command = plan

  variables {
    signing_keys = [{ name = "one", public_key = "-----BEGIN PRIVATE KEY-----\nmock\n" }]
  }

  expect_failures = [var.signing_keys]
}
