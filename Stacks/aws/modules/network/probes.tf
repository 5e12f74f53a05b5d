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
        id             = "postgres-closed"
        kind           = "aws.security_group"
        security_group = aws_security_group.postgres.id
        expect         = { ingress_ports = [5432], ingress_groups = [aws_security_group.app.id], egress_rules = 0 }
      },
      {
        id             = "redis-closed"
        kind           = "aws.security_group"
        security_group = aws_security_group.redis.id
        expect         = { ingress_ports = [6379], ingress_groups = [aws_security_group.app.id], egress_rules = 0 }
      },
    ],
    module.key.probe_targets,
  )
}
