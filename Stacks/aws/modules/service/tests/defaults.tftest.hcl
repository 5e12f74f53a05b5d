mock_provider "aws" {
  mock_resource "aws_lb" {
    defaults = { arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/mock/0123456789abcdef" }
  }
  mock_resource "aws_lb_target_group" {
    defaults = { arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/mock/0123456789abcdef" }
  }
  mock_resource "aws_lb_listener" {
    defaults = { arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/mock/0123456789abcdef/0123456789abcdef" }
  }
  mock_resource "aws_acm_certificate" {
    defaults = {
      arn                       = "arn:aws:acm:eu-west-1:123456789012:certificate/mock"
      domain_validation_options = [{ domain_name = "app.example.com", resource_record_name = "_mock.example.com", resource_record_type = "CNAME", resource_record_value = "mock.acm" }]
    }
  }
  mock_resource "aws_acm_certificate_validation" {
    defaults = { certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/mock" }
  }
  mock_resource "aws_wafv2_web_acl" {
    defaults = { arn = "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/mock/00000000-0000-0000-0000-000000000000" }
  }
  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-0000-0000-000000000000" }
  }
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:eu-west-1:123456789012:log-group:mock" }
  }
  mock_resource "aws_ecs_task_definition" {
    defaults = { arn = "arn:aws:ecs:eu-west-1:123456789012:task-definition/mock:1" }
  }
  mock_data "aws_region" {
    defaults = { name = "eu-west-1" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
}

variables {
  name                = "acme-test"
  domain              = "app.example.com"
  zone_id             = "Z0123456789EXAMPLE"
  vpc_id              = "vpc-1"
  public_subnet_ids   = ["subnet-1", "subnet-2"]
  private_subnet_ids  = ["subnet-3", "subnet-4"]
  security_group_ids  = { app = "sg-1", load_balancer = "sg-2" }
  task_role           = { name = "acme-test-task", arn = "arn:aws:iam::123456789012:role/acme-test-task" }
  execution_role      = { name = "acme-test-execution", arn = "arn:aws:iam::123456789012:role/acme-test-execution" }
  repository_url      = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/acme-test"
  repository_arn      = "arn:aws:ecr:eu-west-1:123456789012:repository/acme-test"
  registry_key_arn    = "arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-0000-0000-000000000001"
  image_digest        = "sha256:0000000000000000000000000000000000000000000000000000000000000001"
  secret_arns         = { APP_SIGNING_KEY = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:acme-test/signing-key" }
  secrets_key_arn     = "arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-0000-0000-000000000002"
  policy_arns         = ["arn:aws:iam::123456789012:policy/acme-test-files-app"]
  environment         = { APP_ENVIRONMENT = "test" }
  logs_bucket         = "acme-test-logs"
  port                = 8080
  health_path         = "/healthz"
  cpu                 = 512
  memory              = 1024
  tasks               = 2
  tasks_limit         = 6
  rate_limit          = 2000
  deletion_protection = true
  log_days            = 90
}

run "tasks_are_hardened" {
  command = apply

  assert {
    condition = alltrue([
      for definition in aws_ecs_task_definition.this : alltrue([
        for container in jsondecode(definition.container_definitions) :
        container.user == "10001" && container.readonlyRootFilesystem && !container.privileged && container.linuxParameters.capabilities.drop == ["ALL"]
      ])
    ])
    error_message = "no root, no writing, no privileges, no capabilities"
  }

  assert {
    condition = alltrue([
      for definition in aws_ecs_task_definition.this :
      endswith(jsondecode(definition.container_definitions)[0].image, "@${var.image_digest}")
    ])
    error_message = "images are named by digest"
  }

  assert {
    condition     = local.container.secrets == [{ name = "APP_SIGNING_KEY", valueFrom = var.secret_arns.APP_SIGNING_KEY }]
    error_message = "secrets come from the store"
  }

  assert {
    condition     = alltrue([for service in aws_ecs_service.this : !service.network_configuration[0].assign_public_ip && !service.enable_execute_command])
    error_message = "no public address and no shell"
  }
}

run "blue_is_live_at_first" {
  command = apply

  assert {
    condition     = { for slot, service in aws_ecs_service.this : slot => service.desired_count } == { blue = 2, green = 0 }
    error_message = "only blue has tasks"
  }

  assert {
    condition     = toset([for group in one(one(aws_lb_listener.https.default_action).forward).target_group : group.weight]) == toset([0, 100])
    error_message = "one slot has all the weight"
  }
}

run "balancer_is_closed_to_the_old_and_the_broken" {
  command = apply

  assert {
    condition     = aws_lb.this.drop_invalid_header_fields && aws_lb.this.enable_deletion_protection && one(aws_lb.this.access_logs).enabled
    error_message = "headers checked, deletion refused, requests logged"
  }

  assert {
    condition     = startswith(aws_lb_listener.https.ssl_policy, "ELBSecurityPolicy-TLS13-1-2") && one(one(aws_lb_listener.http.default_action).redirect).status_code == "HTTP_301"
    error_message = "TLS 1.2 at least, and HTTP only redirects"
  }

  assert {
    condition     = length(aws_wafv2_web_acl.this.rule) == 2
    error_message = "rate limit and common rules"
  }
}

run "roles_have_nothing_else" {
  command = apply

  assert {
    condition     = length(aws_iam_role_policies_exclusive.task.policy_names) == 0 && aws_iam_role_policy_attachments_exclusive.task.policy_arns == toset(var.policy_arns)
    error_message = "the application has the policies that were given, no others"
  }

  assert {
    condition     = length(aws_iam_role_policy_attachments_exclusive.execution.policy_arns) == 0
    error_message = "the execution role has its own policy only"
  }
}

run "tag_instead_of_digest_is_refused" {
  command = plan

  variables {
    image_digest = "latest"
  }

  expect_failures = [var.image_digest]
}

run "secret_in_plain_environment_is_refused" {
  command = plan

  variables {
    environment = { APP_SIGNING_KEY = "plain" }
  }

  expect_failures = [var.environment]
}
