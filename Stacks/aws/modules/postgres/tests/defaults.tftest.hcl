# The real provider without an account: mocks cannot stand in for ephemeral resources yet (Terraform 1.11). So these runs
# plan, and have a server already. That a new one gets what stands in the secret is tested on the emulator.
provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

override_data {
  target = data.aws_caller_identity.this
  values = { account_id = "123456789012" }
}

override_data {
  target = module.key.data.aws_caller_identity.this
  values = { account_id = "123456789012" }
}

override_data {
  target = data.aws_db_instances.existing
  values = { instance_identifiers = ["acme-test-postgres"] }
}

override_resource {
  target          = module.key.aws_kms_key.this
  override_during = plan
  values          = { arn = "arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-0000-0000-000000000000" }
}

override_resource {
  target          = aws_secretsmanager_secret.master
  override_during = plan
  values          = { arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:acme-test/postgres-master-000000", id = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:acme-test/postgres-master-000000" }
}

variables {
  name                = "acme-test"
  subnet_ids          = ["subnet-1", "subnet-2"]
  security_group_id   = "sg-1"
  major_version       = "16"
  instance_class      = "db.m7g.large"
  storage_gb          = 50
  storage_limit_gb    = 200
  multi_az            = true
  backup_days         = 14
  replicas            = 2
  deletion_protection = true
}

run "encrypted_private_recoverable" {
  command = plan

  assert {
    condition     = aws_db_instance.primary.storage_encrypted && aws_db_instance.primary.kms_key_id == module.key.arn
    error_message = "storage is encrypted by the module's key"
  }

  assert {
    condition     = !aws_db_instance.primary.publicly_accessible && alltrue([for replica in aws_db_instance.replica : !replica.publicly_accessible])
    error_message = "no server is public"
  }

  assert {
    condition     = aws_db_instance.primary.backup_retention_period == 14 && aws_db_instance.primary.multi_az && aws_db_instance.primary.deletion_protection
    error_message = "backups, standby and deletion protection are as asked for"
  }

  assert {
    condition     = one([for parameter in aws_db_parameter_group.this.parameter : parameter.value if parameter.name == "rds.force_ssl"]) == "1"
    error_message = "TLS is forced"
  }

  assert {
    condition     = length(aws_db_instance.replica) == 2 && length(aws_cloudwatch_log_group.this) == 6
    error_message = "two replicas, two log groups for each of three servers"
  }

  assert {
    condition     = [for target in output.probe_targets : target.id if target.kind == "postgres"] == ["postgres", "postgres-replica-1", "postgres-replica-2"]
    error_message = "every server is probed"
  }

  assert {
    condition     = aws_db_instance.primary.manage_master_user_password == null && aws_db_instance.primary.password_wo_version == 1 && output.master_secret_arn == aws_secretsmanager_secret.master.arn
    error_message = "RDS makes no replica of a server whose password it manages"
  }

  assert {
    condition     = aws_secretsmanager_secret.master.name == "acme-test/postgres-master" && aws_secretsmanager_secret.master.kms_key_id == module.key.arn
    error_message = "the master password lies among this environment's secrets, under the module's key"
  }

  assert {
    condition     = [for target in output.probe_targets : target.id if target.kind == "aws.rds_instance"] == ["postgres-primary", "postgres-replica-1-instance", "postgres-replica-2-instance"]
    error_message = "the settings of every server are verified"
  }

  assert {
    condition     = length(output.identifiers) == 3 && output.identifiers[0] == "acme-test-postgres"
    error_message = "the primary is named first"
  }
}

run "no_backups_are_refused" {
  command = plan

  variables {
    backup_days = 0
  }

  expect_failures = [var.backup_days]
}

run "limit_below_storage_is_refused" {
  command = plan

  variables {
    storage_limit_gb = 40
  }

  expect_failures = [var.storage_limit_gb]
}
