# Rules are inline on purpose: inline rules are authoritative, so a rule added by hand shows in `terraform plan` and is
# taken back by `apply`. With aws_vpc_security_group_*_rule resources it would stay, and nothing would show it.

locals {
  private_cidrs = [for zone in var.availability_zones : aws_subnet.private[zone].cidr_block]
  data_cidrs    = [for zone in var.availability_zones : aws_subnet.data[zone].cidr_block]
}

resource "aws_security_group" "load_balancer" {
  name        = "${var.name}-load-balancer"
  description = "Public load balancer"
  vpc_id      = aws_vpc.this.id
  tags        = { Name = "${var.name}-load-balancer" }

  ingress {
    description = "HTTPS from the internet"
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }

  ingress {
    description = "HTTP, answered with a redirect to HTTPS"
    from_port   = 80
    to_port     = 80
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }

  # By range, not by group: two groups that name each other cannot both be inline.
  egress {
    description = "Requests to the application"
    from_port   = var.app_port
    to_port     = var.app_port
    protocol    = "tcp"
    cidr_blocks = local.private_cidrs
  }
}

resource "aws_security_group" "app" {
  name        = "${var.name}-app"
  description = "Application"
  vpc_id      = aws_vpc.this.id
  tags        = { Name = "${var.name}-app" }

  ingress {
    description     = "Requests from the load balancer"
    from_port       = var.app_port
    to_port         = var.app_port
    protocol        = "tcp"
    security_groups = [aws_security_group.load_balancer.id]
  }

  egress {
    description = "HTTPS to S3, AWS APIs and payment services"
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }

  egress {
    description = "PostgreSQL"
    from_port   = 5432
    to_port     = 5432
    protocol    = "tcp"
    cidr_blocks = local.data_cidrs
  }

  egress {
    description = "Redis"
    from_port   = 6379
    to_port     = 6379
    protocol    = "tcp"
    cidr_blocks = local.data_cidrs
  }
}

resource "aws_security_group" "postgres" {
  name        = "${var.name}-postgres"
  description = "PostgreSQL"
  vpc_id      = aws_vpc.this.id
  egress      = []
  tags        = { Name = "${var.name}-postgres" }

  ingress {
    description     = "Sessions of the application"
    from_port       = 5432
    to_port         = 5432
    protocol        = "tcp"
    security_groups = [aws_security_group.app.id]
  }
}

resource "aws_security_group" "redis" {
  name        = "${var.name}-redis"
  description = "Redis"
  vpc_id      = aws_vpc.this.id
  egress      = []
  tags        = { Name = "${var.name}-redis" }

  ingress {
    description     = "Connections of the application"
    from_port       = 6379
    to_port         = 6379
    protocol        = "tcp"
    security_groups = [aws_security_group.app.id]
  }
}
