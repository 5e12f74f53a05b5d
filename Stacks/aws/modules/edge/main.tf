# Downloads: CloudFront in front of the bucket. Nothing is served without a signed URL, and the bucket answers nobody else.

resource "aws_cloudfront_origin_access_control" "this" {
  name                              = "${var.name}-files"
  description                       = "Signs requests of the CDN to ${var.bucket}"
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

resource "aws_cloudfront_public_key" "this" {
  for_each = { for key in var.signing_keys : key.name => key.public_key }

  name        = "${var.name}-${each.key}"
  comment     = "Signs URLs of ${var.domain}"
  encoded_key = each.value

  # The group must hold the new key before the old one goes.
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudfront_key_group" "this" {
  name    = "${var.name}-signers"
  comment = "Keys that may sign URLs of ${var.domain}"
  items   = [for key in aws_cloudfront_public_key.this : key.id]
}

# CloudFront takes the signature off before it looks into the cache: one entry serves everybody who may have the file.
resource "aws_cloudfront_cache_policy" "this" {
  name        = "${var.name}-files"
  comment     = "By path alone"
  min_ttl     = 0
  default_ttl = var.ttl_seconds
  max_ttl     = var.ttl_seconds

  parameters_in_cache_key_and_forwarded_to_origin {
    enable_accept_encoding_brotli = false
    enable_accept_encoding_gzip   = false

    cookies_config {
      cookie_behavior = "none"
    }

    headers_config {
      header_behavior = "none"
    }

    query_strings_config {
      query_string_behavior = "none"
    }
  }
}

resource "aws_cloudfront_response_headers_policy" "this" {
  name    = "${var.name}-files"
  comment = "Downloads of one user: no proxy keeps them, no browser guesses what they are"

  custom_headers_config {
    items {
      header   = "Cache-Control"
      value    = "private, max-age=0"
      override = true
    }
  }

  security_headers_config {
    strict_transport_security {
      access_control_max_age_sec = 31536000
      include_subdomains         = true
      override                   = true
    }

    content_type_options {
      override = true
    }

    frame_options {
      frame_option = "DENY"
      override     = true
    }

    referrer_policy {
      referrer_policy = "no-referrer"
      override        = true
    }
  }
}

locals {
  minimum_tls = "TLSv1.2_2021"
}

resource "aws_cloudfront_distribution" "this" {
  comment         = "Downloads of ${var.name}"
  enabled         = true
  aliases         = [var.domain]
  is_ipv6_enabled = true
  http_version    = "http2and3"
  price_class     = var.price_class
  web_acl_id      = aws_wafv2_web_acl.this.arn

  origin {
    origin_id                = "files"
    domain_name              = var.bucket_domain
    origin_access_control_id = aws_cloudfront_origin_access_control.this.id
  }

  default_cache_behavior {
    target_origin_id           = "files"
    allowed_methods            = ["GET", "HEAD"]
    cached_methods             = ["GET", "HEAD"]
    compress                   = false
    cache_policy_id            = aws_cloudfront_cache_policy.this.id
    response_headers_policy_id = aws_cloudfront_response_headers_policy.this.id
    trusted_key_groups         = [aws_cloudfront_key_group.this.id]

    # Not a redirect: a signed URL that went out in clear text is no secret any more.
    viewer_protocol_policy = "https-only"
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    acm_certificate_arn      = aws_acm_certificate_validation.this.certificate_arn
    minimum_protocol_version = local.minimum_tls
    ssl_support_method       = "sni-only"
  }
}

resource "aws_route53_record" "this" {
  for_each = toset(["A", "AAAA"])

  zone_id = var.zone_id
  name    = var.domain
  type    = each.key

  alias {
    name                   = aws_cloudfront_distribution.this.domain_name
    zone_id                = aws_cloudfront_distribution.this.hosted_zone_id
    evaluate_target_health = false
  }
}
