# opsctl:generated - edit environments/production.yaml, then: opsctl stack render --env production

module "postgres" {
  source = "../../../modules/postgres"

  name                = "compress-production"
  subnet_ids          = var.network.data_subnet_ids
  security_group_id   = var.network.security_group_ids.postgres
  major_version       = "16"
  instance_class      = "db.m7g.large"
  storage_gb          = 100
  storage_limit_gb    = 500
  multi_az            = true
  backup_days         = 14
  replicas            = 1
  deletion_protection = true
}

module "redis" {
  source = "../../../modules/redis"

  name              = "compress-production"
  subnet_ids        = var.network.data_subnet_ids
  security_group_id = var.network.security_group_ids.redis
  engine_version    = "7.1"
  node_type         = "cache.m7g.large"
  nodes             = 2
  maxmemory_policy  = "noeviction"
  snapshot_days     = 7
}
