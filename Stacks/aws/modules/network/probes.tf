# A security group is compared rule by rule, as `protocol:from-to:source`.
locals {
  groups = {
    app           = aws_security_group.app.id
    load-balancer = aws_security_group.load_balancer.id
    postgres      = aws_security_group.postgres.id
    redis         = aws_security_group.redis.id
  }

  expected_ingress = {
    app           = ["tcp:${var.app_port}-${var.app_port}:${aws_security_group.load_balancer.id}"]
    load-balancer = ["tcp:443-443:0.0.0.0/0", "tcp:80-80:0.0.0.0/0"]
    postgres      = ["tcp:5432-5432:${aws_security_group.app.id}"]
    redis         = ["tcp:6379-6379:${aws_security_group.app.id}"]
  }

  expected_egress = {
    app = sort(concat(
      ["tcp:443-443:0.0.0.0/0"],
      [for cidr in local.data_cidrs : "tcp:5432-5432:${cidr}"],
      [for cidr in local.data_cidrs : "tcp:6379-6379:${cidr}"],
    ))
    load-balancer = sort([for cidr in local.private_cidrs : "tcp:${var.app_port}-${var.app_port}:${cidr}"])
    postgres      = []
    redis         = []
  }
}

output "probe_targets" {
  description = "What opsctl verifies about the network."
  value = concat(
    [
      {
        id   = "network"
        kind = "aws.vpc"
        vpc  = aws_vpc.this.id
        expect = {
          cidr                         = var.cidr
          default_security_group_rules = 0
          flow_logs                    = "ALL"
          nat_gateways                 = length(local.nat_zones)
          zones                        = length(var.availability_zones)
        }
      },
      {
        id        = "flow-log-group"
        kind      = "aws.log_group"
        log_group = aws_cloudwatch_log_group.flow.name
        expect    = { retention_days = var.flow_log_days, key = module.key.arn }
      },
      {
        id   = "flow-logs-role"
        kind = "aws.iam_role"
        role = aws_iam_role.flow.name
        expect = {
          inline_policies   = [aws_iam_role_policy.flow.name]
          attached_policies = []
          trusted           = ["vpc-flow-logs.amazonaws.com"]
        }
      },
    ],
    [
      for part, group in local.groups : {
        id             = "${part}-security-group"
        kind           = "aws.security_group"
        security_group = group
        expect         = { ingress = local.expected_ingress[part], egress = local.expected_egress[part] }
      }
    ],
    module.key.probe_targets,
  )
}
