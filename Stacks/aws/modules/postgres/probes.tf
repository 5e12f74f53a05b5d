# `aws.*` targets ask the control plane, the others the server itself. Expectations come from the same variables that
# made the resources, so a probe checks what Terraform promised.
output "probe_targets" {
  description = "What opsctl verifies about PostgreSQL."
  value = concat(
    [
      {
        id       = "postgres-primary"
        kind     = "aws.rds_instance"
        instance = aws_db_instance.primary.identifier
        expect = {
          backup_days         = var.backup_days
          deletion_protection = var.deletion_protection
          encrypted           = true
          force_ssl           = true
          iam_authentication  = true
          log_exports         = ["postgresql", "upgrade"]
          multi_az            = var.multi_az
          public              = false
          replicas            = var.replicas
        }
      },
      {
        id       = "postgres"
        kind     = "postgres"
        host     = aws_db_instance.primary.address
        port     = aws_db_instance.primary.port
        database = aws_db_instance.primary.db_name
        expect   = { role = "primary", tls = "verified", plaintext = "refused" }
      },
    ],
    [
      for index, replica in aws_db_instance.replica : {
        id       = "postgres-replica-${index + 1}"
        kind     = "postgres"
        host     = replica.address
        port     = replica.port
        database = aws_db_instance.primary.db_name
        expect   = { role = "replica", tls = "verified", plaintext = "refused" }
      }
    ],
    [
      for index, replica in aws_db_instance.replica : {
        id       = "postgres-replica-${index + 1}-instance"
        kind     = "aws.rds_instance"
        instance = replica.identifier
        expect = {
          deletion_protection = var.deletion_protection
          encrypted           = true
          iam_authentication  = true
          log_exports         = ["postgresql", "upgrade"]
          public              = false
        }
      }
    ],
    [
      {
        id     = "postgres-master-secret"
        kind   = "aws.secret"
        secret = aws_secretsmanager_secret.master.arn
        expect = { key = module.key.arn, has_value = true }
      },
    ],
    [
      {
        id   = "postgres-monitoring-role"
        kind = "aws.iam_role"
        role = aws_iam_role.monitoring.name
        expect = {
          inline_policies   = []
          attached_policies = [aws_iam_role_policy_attachment.monitoring.policy_arn]
          trusted           = ["monitoring.rds.amazonaws.com"]
        }
      },
    ],
    [
      for name, group in aws_cloudwatch_log_group.this : {
        id        = "postgres-log-group-${trimprefix(name, "/aws/rds/instance/")}"
        kind      = "aws.log_group"
        log_group = group.name
        expect    = { retention_days = group.retention_in_days, key = module.key.arn }
      }
    ],
    module.key.probe_targets,
  )
}
