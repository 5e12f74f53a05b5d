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

# ca_cert_identifier stays unset: AWS then rotates the authority, and the provider saves a second wait of 80 s.
resource "aws_db_instance" "primary" {
  identifier     = local.identifier
  engine         = "postgres"
  engine_version = var.major_version
  instance_class = var.instance_class
  db_name        = var.database
  username       = "app_admin"

  manage_master_user_password         = true
  master_user_secret_kms_key_id       = module.key.arn
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
