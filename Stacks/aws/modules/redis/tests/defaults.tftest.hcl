mock_provider "aws" {
  mock_resource "aws_iam_policy" {
    defaults = { arn = "arn:aws:iam::123456789012:policy/mock" }
  }
  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-0000-0000-000000000000" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
}

variables {
  name              = "acme-test"
  subnet_ids        = ["subnet-1", "subnet-2"]
  security_group_id = "sg-1"
  engine_version    = "7.1"
  node_type         = "cache.m7g.large"
  nodes             = 2
  maxmemory_policy  = "noeviction"
}

run "encrypted_and_signed_in" {
  command = apply

  assert {
    condition     = aws_elasticache_replication_group.this.transit_encryption_mode == "required" && aws_elasticache_replication_group.this.at_rest_encryption_enabled
    error_message = "encrypted on the wire and at rest"
  }

  assert {
    condition     = startswith(aws_elasticache_user.default.access_string, "off ") && length(aws_elasticache_user_group.this.user_ids) == 2
    error_message = "the default user is off"
  }

  assert {
    condition     = aws_elasticache_replication_group.this.automatic_failover_enabled && aws_elasticache_replication_group.this.multi_az_enabled
    error_message = "two nodes fail over across zones"
  }

  assert {
    condition     = one([for parameter in aws_elasticache_parameter_group.this.parameter : parameter.value if parameter.name == "maxmemory-policy"]) == "noeviction"
    error_message = "the eviction policy is as asked for"
  }

  assert {
    condition     = length(aws_elasticache_replication_group.this.log_delivery_configuration) == 2
    error_message = "slow log and engine log are delivered"
  }
}

run "one_node_cannot_fail_over" {
  command = apply

  variables {
    nodes = 1
  }

  assert {
    condition     = !aws_elasticache_replication_group.this.automatic_failover_enabled && !output.probe_targets[0].expect.failover
    error_message = "neither the group nor the probe claims a failover"
  }
}

run "unknown_policy_is_refused" {
  command = plan

  variables {
    maxmemory_policy = "random"
  }

  expect_failures = [var.maxmemory_policy]
}
