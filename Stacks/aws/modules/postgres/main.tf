module "key" {
  source = "../keys"

  name               = var.name
  purpose            = "postgres"
  log_group_prefixes = ["/aws/rds/instance/${var.name}-postgres"]
}

locals {
  identifier = "${var.name}-postgres"
  replicas   = [for index in range(var.replicas) : "${local.identifier}-replica-${index + 1}"]

  log_groups = toset(flatten([
    for server in concat([local.identifier], local.replicas) : [
      for log in ["postgresql", "upgrade"] : "/aws/rds/instance/${server}/${log}"
    ]
  ]))
}

resource "aws_db_subnet_group" "this" {
  name        = local.identifier
  description = "Data subnets of ${var.name}"
  subnet_ids  = var.subnet_ids
}

resource "aws_db_parameter_group" "this" {
  name        = "${local.identifier}-${var.major_version}"
  description = "PostgreSQL ${var.major_version} of ${var.name}"
  family      = "postgres${var.major_version}"

  # Sessions without TLS are refused by the server, whatever a client asks for.
  parameter {
    name         = "rds.force_ssl"
    value        = "1"
    apply_method = "pending-reboot"
  }

  parameter {
    name  = "log_connections"
    value = "1"
  }

  parameter {
    name  = "log_disconnections"
    value = "1"
  }

  parameter {
    name  = "log_lock_waits"
    value = "1"
  }

  parameter {
    name  = "log_min_duration_statement"
    value = "500"
  }

  # A transaction forgotten by a client must not hold back vacuum for ever.
  parameter {
    name  = "idle_in_transaction_session_timeout"
    value = "60000"
  }

  lifecycle {
    create_before_destroy = true
  }
}

# Made before the servers write: otherwise RDS makes them itself, unencrypted and kept for ever.
resource "aws_cloudwatch_log_group" "this" {
  for_each = local.log_groups

  name              = each.key
  retention_in_days = 90
  kms_key_id        = module.key.arn
}

# Not RDS's own managed password: of a server that has one, RDS makes no read replica.
#
# Ephemeral and write-only: the password passes from AWS to AWS and stands in no plan and no state.
resource "aws_secretsmanager_secret" "master" {
  name                    = "${var.name}/postgres-master"
  description             = "Master password of ${local.identifier}, generated"
  kms_key_id              = module.key.arn
  recovery_window_in_days = 30
}

# An ephemeral value is made and read by every plan, also without a refresh, and the role that plans must not be able to
# read this one: there is a password only as long as there is no server that has been given one.
data "aws_db_instances" "existing" {
  filter {
    name   = "db-instance-id"
    values = [local.identifier]
  }
}

locals {
  new_servers = length(data.aws_db_instances.existing.instance_identifiers) == 0 ? 1 : 0
}

ephemeral "aws_secretsmanager_random_password" "master" {
  count = local.new_servers

  password_length     = 48
  exclude_punctuation = true
}

resource "aws_secretsmanager_secret_version" "master" {
  secret_id = aws_secretsmanager_secret.master.id
  # Empty is refused: a secret lost under a running server is not to be filled with a password that opens nothing.
  secret_string_wo         = local.new_servers == 1 ? one(ephemeral.aws_secretsmanager_random_password.master[*].random_password) : ""
  secret_string_wo_version = 1
}

# Read back, so that an apply that was interrupted and is resumed gives the server what stands in the secret, and not what
# it has generated anew.
ephemeral "aws_secretsmanager_secret_version" "master" {
  count = local.new_servers

  secret_id = aws_secretsmanager_secret_version.master.secret_id
}

# ca_cert_identifier stays unset: AWS then rotates the authority, and the provider saves a second wait of 80 s.
resource "aws_db_instance" "primary" {
  identifier     = local.identifier
  engine         = "postgres"
  engine_version = var.major_version
  instance_class = var.instance_class
  db_name        = var.database
  username       = "app_admin"

  # Too short for RDS where a server exists: should that one ever be replaced, its creation is refused, and the next apply
  # finds no server and reads the password.
  password_wo                         = local.new_servers == 1 ? one(ephemeral.aws_secretsmanager_secret_version.master[*].secret_string) : "none"
  password_wo_version                 = 1
  iam_database_authentication_enabled = true

  storage_type          = "gp3"
  allocated_storage     = var.storage_gb
  max_allocated_storage = var.storage_limit_gb
  storage_encrypted     = true
  kms_key_id            = module.key.arn

  multi_az               = var.multi_az
  db_subnet_group_name   = aws_db_subnet_group.this.name
  vpc_security_group_ids = [var.security_group_id]
  parameter_group_name   = aws_db_parameter_group.this.name
  publicly_accessible    = false

  backup_retention_period   = var.backup_days
  backup_window             = "02:00-03:00"
  copy_tags_to_snapshot     = true
  delete_automated_backups  = false
  deletion_protection       = var.deletion_protection
  skip_final_snapshot       = false
  final_snapshot_identifier = "${local.identifier}-final"

  maintenance_window          = "sun:03:30-sun:04:30"
  auto_minor_version_upgrade  = true
  allow_major_version_upgrade = false
  apply_immediately           = false

  enabled_cloudwatch_logs_exports       = ["postgresql", "upgrade"]
  performance_insights_enabled          = true
  performance_insights_kms_key_id       = module.key.arn
  performance_insights_retention_period = 7
  monitoring_interval                   = 60
  monitoring_role_arn                   = aws_iam_role.monitoring.arn

  depends_on = [aws_cloudwatch_log_group.this]
}

resource "aws_db_instance" "replica" {
  count = var.replicas

  identifier          = local.replicas[count.index]
  replicate_source_db = aws_db_instance.primary.identifier
  instance_class      = var.instance_class

  iam_database_authentication_enabled = true
  storage_encrypted                   = true
  max_allocated_storage               = var.storage_limit_gb

  vpc_security_group_ids = [var.security_group_id]
  parameter_group_name   = aws_db_parameter_group.this.name
  publicly_accessible    = false

  copy_tags_to_snapshot = true
  deletion_protection   = var.deletion_protection
  skip_final_snapshot   = true

  maintenance_window         = "sun:04:30-sun:05:30"
  auto_minor_version_upgrade = true
  apply_immediately          = false

  enabled_cloudwatch_logs_exports       = ["postgresql", "upgrade"]
  performance_insights_enabled          = true
  performance_insights_kms_key_id       = module.key.arn
  performance_insights_retention_period = 7
  monitoring_interval                   = 60
  monitoring_role_arn                   = aws_iam_role.monitoring.arn

  depends_on = [aws_cloudwatch_log_group.this]
}
