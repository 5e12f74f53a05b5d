# One application in two slots, blue and green. Terraform makes both; which one is live, what runs in it and with how many
# tasks belongs to the rollout, so those are set once and then ignored.

data "aws_caller_identity" "this" {}
data "aws_partition" "this" {}
data "aws_region" "this" {}

locals {
  # Tasks at first.
  slots = { blue = var.tasks, green = 0 }
  image = "${var.repository_url}@${var.image_digest}"
  user  = "10001"
}

module "key" {
  source = "../keys"

  name               = var.name
  purpose            = "service"
  log_group_prefixes = ["/${var.name}/app", "aws-waf-logs-${var.name}"]
}

resource "aws_cloudwatch_log_group" "app" {
  name              = "/${var.name}/app"
  retention_in_days = var.log_days
  kms_key_id        = module.key.arn
}

resource "aws_ecs_cluster" "this" {
  name = var.name

  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_ecs_cluster_capacity_providers" "this" {
  cluster_name       = aws_ecs_cluster.this.name
  capacity_providers = ["FARGATE"]

  default_capacity_provider_strategy {
    capacity_provider = "FARGATE"
    base              = 1
    weight            = 100
  }
}
