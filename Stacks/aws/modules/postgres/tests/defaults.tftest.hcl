mock_provider "aws" {
  mock_resource "aws_db_instance" {
    defaults = { arn = "arn:aws:rds:eu-west-1:123456789012:db:mock" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/mock" }
  }
  mock_resource "aws_iam_policy" {
    defaults = { arn = "arn:aws:iam::123456789012:policy/mock" }
  }
  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-0000-0000-000000000000" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
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
  command = apply

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
