module "key" {
  source = "../keys"

  name               = var.name
  purpose            = "redis"
  log_group_prefixes = ["/${var.name}/redis/"]
}

locals {
  identifier    = "${var.name}-redis"
  has_failover  = var.nodes > 1
  log_types     = toset(["engine-log", "slow-log"])
  family_suffix = split(".", var.engine_version)[0]
}

resource "aws_elasticache_subnet_group" "this" {
  name        = local.identifier
  description = "Data subnets of ${var.name}"
  subnet_ids  = var.subnet_ids
}

resource "aws_elasticache_parameter_group" "this" {
  name        = "${local.identifier}-${local.family_suffix}"
  description = "Redis ${local.family_suffix} of ${var.name}"
  family      = "redis${local.family_suffix}"

  parameter {
    name  = "maxmemory-policy"
    value = var.maxmemory_policy
  }
}

resource "aws_cloudwatch_log_group" "this" {
  for_each = local.log_types

  name              = "/${var.name}/redis/${each.key}"
  retention_in_days = 90
  kms_key_id        = module.key.arn
}

resource "aws_elasticache_replication_group" "this" {
  replication_group_id = local.identifier
  description          = "Redis of ${var.name}"
  engine               = "redis"
  engine_version       = var.engine_version
  node_type            = var.node_type
  port                 = 6379

  num_cache_clusters         = var.nodes
  automatic_failover_enabled = local.has_failover
  multi_az_enabled           = local.has_failover

  parameter_group_name = aws_elasticache_parameter_group.this.name
  subnet_group_name    = aws_elasticache_subnet_group.this.name
  security_group_ids   = [var.security_group_id]
  user_group_ids       = [aws_elasticache_user_group.this.user_group_id]

  transit_encryption_enabled = true
  transit_encryption_mode    = "required"
  at_rest_encryption_enabled = true
  kms_key_id                 = module.key.arn

  snapshot_retention_limit   = var.snapshot_days
  snapshot_window            = "02:00-03:00"
  final_snapshot_identifier  = "${local.identifier}-final"
  maintenance_window         = "sun:03:30-sun:04:30"
  auto_minor_version_upgrade = true
  apply_immediately          = false

  dynamic "log_delivery_configuration" {
    for_each = local.log_types

    content {
      log_type         = log_delivery_configuration.value
      log_format       = "json"
      destination_type = "cloudwatch-logs"
      destination      = aws_cloudwatch_log_group.this[log_delivery_configuration.value].name
    }
  }
}
