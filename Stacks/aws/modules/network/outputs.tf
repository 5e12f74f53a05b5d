output "vpc_id" {
  description = "ID of the VPC."
  value       = aws_vpc.this.id
}

output "public_subnet_ids" {
  description = "Subnets of load balancers and NAT gateways, in the order of the zones."
  value       = [for zone in var.availability_zones : aws_subnet.public[zone].id]
}

output "private_subnet_ids" {
  description = "Subnets of the application, in the order of the zones."
  value       = [for zone in var.availability_zones : aws_subnet.private[zone].id]
}

output "data_subnet_ids" {
  description = "Subnets of databases, without a route out of the VPC, in the order of the zones."
  value       = [for zone in var.availability_zones : aws_subnet.data[zone].id]
}

output "security_group_ids" {
  description = "Security group of each part."
  value = {
    app           = aws_security_group.app.id
    load_balancer = aws_security_group.load_balancer.id
    postgres      = aws_security_group.postgres.id
    redis         = aws_security_group.redis.id
  }
}
