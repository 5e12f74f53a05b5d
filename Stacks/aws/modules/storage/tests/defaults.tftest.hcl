mock_provider "aws" {
  mock_resource "aws_s3_bucket" {
    defaults = { arn = "arn:aws:s3:::mock" }
  }
  mock_resource "aws_iam_policy" {
    defaults = { arn = "arn:aws:iam::123456789012:policy/mock" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/mock" }
  }
  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-0000-0000-000000000000" }
  }
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_region" {
    defaults = { name = "eu-west-1" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
}

mock_provider "aws" {
  alias = "replica"

  mock_resource "aws_s3_bucket" {
    defaults = { arn = "arn:aws:s3:::mock-replica" }
  }
  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-000000000001" }
  }
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_region" {
    defaults = { name = "eu-central-1" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
}

variables {
  name                 = "acme-test"
  noncurrent_days      = 30
  abort_multipart_days = 3
  access_log_days      = 90
  expirations          = [{ prefix = "jobs/", days = 30 }]
}

run "versioned_encrypted_closed" {
  command = apply

  assert {
    condition     = aws_s3_bucket_versioning.this.versioning_configuration[0].status == "Enabled"
    error_message = "versions are kept"
  }

  assert {
    condition = alltrue([
      for block in [aws_s3_bucket_public_access_block.this, aws_s3_bucket_public_access_block.logs] :
      block.block_public_acls && block.block_public_policy && block.ignore_public_acls && block.restrict_public_buckets
    ])
    error_message = "nothing is public"
  }

  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default).sse_algorithm == "aws:kms"
    error_message = "objects are encrypted by KMS"
  }

  assert {
    condition     = one(data.aws_iam_policy_document.this.statement).effect == "Deny"
    error_message = "the bucket policy only denies"
  }

  assert {
    condition     = length(aws_s3_bucket_lifecycle_configuration.this.rule) == 3
    error_message = "two standing rules and one expiration"
  }

  assert {
    condition     = length(aws_s3_bucket_cors_configuration.this) == 0 && length(aws_s3_bucket.replica) == 0 && output.replica_bucket == null
    error_message = "no CORS and no replica unless asked for"
  }

  assert {
    condition     = output.bucket == aws_s3_bucket.this.id && aws_s3_bucket.this.bucket == "acme-test-files-123456789012-eu-west-1"
    error_message = "the name carries account and region"
  }
}

run "copied_and_locked_when_asked_for" {
  command = apply

  variables {
    is_replicated  = true
    retention_days = 14
    cors_origins   = ["https://app.example.com"]
  }

  assert {
    condition     = length(aws_s3_bucket_replication_configuration.this) == 1 && length(aws_s3_bucket_policy.replica) == 1
    error_message = "the copy exists and has a policy"
  }

  assert {
    condition     = one(one(aws_s3_bucket_object_lock_configuration.this[0].rule).default_retention).days == 14
    error_message = "versions are locked for the retention"
  }

  assert {
    condition     = aws_s3_bucket.replica["this"].object_lock_enabled && one(one(aws_s3_bucket_object_lock_configuration.replica["this"].rule).default_retention).days == 14
    error_message = "and so are their copies"
  }

  assert {
    condition     = length(aws_s3_bucket_lifecycle_configuration.replica["this"].rule) == 3
    error_message = "copies expire as their originals do, delete markers too"
  }

  assert {
    condition     = length(aws_s3_bucket_cors_configuration.this) == 1
    error_message = "CORS is on"
  }
}

run "cdn_and_load_balancer_are_let_in_before_the_statement_for_everybody" {
  command = apply

  variables {
    is_served_by_cdn        = true
    is_load_balancer_logged = true
  }

  assert {
    condition     = [for statement in data.aws_iam_policy_document.this.statement : statement.sid] == ["CdnReads", "OnlyOverTls"]
    error_message = "the distribution reads, everybody else stays denied without TLS"
  }

  assert {
    condition     = [for statement in data.aws_iam_policy_document.logs.statement : statement.sid] == ["ServerAccessLogs", "LoadBalancerLogs", "CdnLogs", "OnlyOverTls"]
    error_message = "grants to services come first"
  }

  assert {
    condition     = data.aws_iam_policy_document.this.statement[0].resources == toset(["arn:aws:s3:::mock/jobs/*"])
    error_message = "the distribution reads nothing outside the application's prefix"
  }
}

run "wildcard_origin_is_refused" {
  command = plan

  variables {
    cors_origins = ["*"]
  }

  expect_failures = [var.cors_origins]
}

run "versions_outlive_their_lock" {
  command = plan

  variables {
    retention_days = 60
  }

  expect_failures = [var.noncurrent_days]
}
