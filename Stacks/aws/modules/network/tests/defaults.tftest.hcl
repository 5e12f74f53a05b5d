mock_provider "aws" {
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/mock" }
  }
  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-0000-0000-000000000000" }
  }
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:eu-west-1:123456789012:log-group:mock" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
}

variables {
  name               = "acme-test"
  cidr               = "10.20.0.0/16"
  availability_zones = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
  nat                = "per_az"
}

run "three_zones_with_their_own_gateways" {
  command = apply

  assert {
    condition     = length(aws_subnet.data) == 3 && length(aws_nat_gateway.this) == 3
    error_message = "each zone has a data subnet and a NAT gateway"
  }

  assert {
    condition = length(distinct(concat(
      [for subnet in aws_subnet.public : subnet.cidr_block],
      [for subnet in aws_subnet.private : subnet.cidr_block],
      [for subnet in aws_subnet.data : subnet.cidr_block],
    ))) == 9
    error_message = "no two subnets share a range"
  }

  assert {
    condition     = length(aws_default_security_group.this.ingress) == 0 && length(aws_default_security_group.this.egress) == 0
    error_message = "the default security group is empty"
  }

  assert {
    condition     = length(aws_security_group.postgres.egress) == 0 && length(aws_security_group.redis.egress) == 0
    error_message = "databases open no connections"
  }

  assert {
    condition     = output.probe_targets[0].expect.nat_gateways == 3
    error_message = "the probe expects what was built"
  }
}

run "one_gateway_serves_all_zones" {
  command = apply

  variables {
    nat = "single"
  }

  assert {
    condition     = length(aws_nat_gateway.this) == 1 && length(aws_route.private_internet) == 3
    error_message = "one gateway, a route from each zone"
  }
}

run "without_gateway_there_is_no_route_out" {
  command = apply

  variables {
    nat = "none"
  }

  assert {
    condition     = length(aws_nat_gateway.this) == 0 && length(aws_route.private_internet) == 0
    error_message = "private subnets have no way out"
  }
}

run "one_zone_is_refused" {
  command = plan

  variables {
    availability_zones = ["eu-west-1a"]
  }

  expect_failures = [var.availability_zones]
}

run "unknown_nat_is_refused" {
  command = plan

  variables {
    nat = "double"
  }

  expect_failures = [var.nat]
}
