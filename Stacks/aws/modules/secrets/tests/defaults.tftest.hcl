# The real provider without an account: mocks cannot stand in for ephemeral resources yet (Terraform 1.11). So these runs
# plan without a generated secret; that one gets its value, and shows it nowhere, is tested on the emulator.
provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

override_data {
  target = module.key.data.aws_caller_identity.this
  values = { account_id = "123456789012" }
}

variables {
  name = "acme-test"
  secrets = [
    { name = "mail-token", variable = "APP_MAIL_TOKEN", source = "supplied" },
  ]
}

run "supplied_secret_gets_a_place_and_no_value" {
  command = plan

  assert {
    condition     = aws_secretsmanager_secret.this["APP_MAIL_TOKEN"].name == "acme-test/mail-token"
    error_message = "the name is <name>/<secret>"
  }

  assert {
    condition     = aws_secretsmanager_secret.this["APP_MAIL_TOKEN"].recovery_window_in_days == 30
    error_message = "a deleted secret can be brought back for as long as possible"
  }

  assert {
    condition     = length(aws_secretsmanager_secret_version.this) == 0
    error_message = "an operator puts the value, not Terraform"
  }
}

run "two_secrets_in_one_variable_are_refused" {
  command = plan

  variables {
    secrets = [
      { name = "one", variable = "APP_KEY", source = "supplied" },
      { name = "two", variable = "APP_KEY", source = "supplied" },
    ]
  }

  expect_failures = [var.secrets]
}

run "unknown_source_is_refused" {
  command = plan

  variables {
    secrets = [{ name = "one", variable = "APP_KEY", source = "literal" }]
  }

  expect_failures = [var.secrets]
}
