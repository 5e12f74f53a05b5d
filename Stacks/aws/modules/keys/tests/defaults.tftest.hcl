mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
}

variables {
  name    = "acme-test"
  purpose = "postgres"
}

run "rotates_and_cannot_vanish_quickly" {
  command = plan

  assert {
    condition     = aws_kms_key.this.enable_key_rotation && aws_kms_key.this.deletion_window_in_days == 30
    error_message = "the key must rotate and keep the longest deletion window"
  }

  assert {
    condition     = aws_kms_alias.this.name == "alias/acme-test-postgres"
    error_message = "the alias is <name>-<purpose>"
  }

  assert {
    condition     = length(data.aws_iam_policy_document.this.statement) == 1
    error_message = "without log groups only the account may use the key"
  }
}

run "log_groups_are_named_by_prefix" {
  command = plan

  variables {
    log_group_prefixes = ["/acme-test/", "aws-waf-logs-acme-test"]
  }

  assert {
    condition     = length(data.aws_iam_policy_document.this.statement) == 2
    error_message = "the logs service needs its own statement"
  }

  assert {
    condition     = length(one(data.aws_iam_policy_document.this.statement[1].condition).values) == 2
    error_message = "each prefix is a value of its condition"
  }
}

run "grant_without_a_source_is_refused" {
  command = plan

  variables {
    service_grants = [{
      sid     = "Anybody"
      service = "cloudfront.amazonaws.com"
      actions = ["kms:Decrypt"]
      source  = { test = "StringEquals", variable = "aws:PrincipalTag/team", values = ["any"] }
    }]
  }

  expect_failures = [var.service_grants]
}
