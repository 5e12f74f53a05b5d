mock_provider "aws" {
  mock_resource "aws_s3_bucket" {
    defaults = { arn = "arn:aws:s3:::mock" }
  }
  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-0000-0000-000000000000" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
}

variables {
  state_bucket = "acme-tfstate-123456789012"
}

# Planned, not applied: prevent_destroy also refuses the destruction at the end of a test.
run "versioned_encrypted_closed" {
  command = plan

  assert {
    condition     = aws_s3_bucket_versioning.this.versioning_configuration[0].status == "Enabled"
    error_message = "states can be brought back"
  }

  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default).sse_algorithm == "aws:kms"
    error_message = "states are encrypted by KMS"
  }

  assert {
    condition     = aws_s3_bucket_public_access_block.this.restrict_public_buckets && aws_s3_bucket_public_access_block.this.block_public_policy
    error_message = "nothing is public"
  }

  assert {
    condition     = one([for rule in aws_s3_bucket_lifecycle_configuration.this.rule : rule.expiration[0].expired_object_delete_marker if rule.id == "delete-markers"])
    error_message = "the delete markers of locks are cleared away"
  }
}

run "upper_case_bucket_is_refused" {
  command = plan

  variables {
    state_bucket = "Acme-State"
  }

  expect_failures = [var.state_bucket]
}
