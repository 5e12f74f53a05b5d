mock_provider "aws" {
  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:eu-west-1:123456789012:mock" }
  }
  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-0000-0000-000000000000" }
  }
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
}

variables {
  name                  = "acme-test"
  load_balancer_suffix  = "app/acme-test/0123456789abcdef"
  target_group_suffixes = { blue = "targetgroup/acme-test-blue/1", green = "targetgroup/acme-test-green/2" }
  log_group             = "/acme-test/app"
  cluster               = "acme-test"
  services              = { blue = "blue", green = "green" }
  postgres_identifiers  = ["acme-test-postgres", "acme-test-postgres-replica-1"]
  redis_members         = ["acme-test-redis-001", "acme-test-redis-002"]
  latency_p99_ms        = 800
  error_rate_percent    = 0.5
  alert_emails          = ["oncall@example.com"]
}

run "every_alarm_tells_somebody" {
  command = apply

  assert {
    condition = alltrue([
      for alarm in aws_cloudwatch_metric_alarm.this :
      alarm.alarm_actions == toset([aws_sns_topic.alerts.arn])
    ])
    error_message = "each alarm publishes to the topic"
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.this) == 22 && length(output.alarm_names) == 25
    error_message = "8 of the service, 7 of PostgreSQL, 6 of Redis, 1 of the log, 2 of the error budget, 1 of all tasks"
  }

  assert {
    condition     = aws_sns_topic.alerts.kms_master_key_id == module.key.arn
    error_message = "messages are encrypted by the module's key"
  }
}

run "only_replicas_have_a_lag" {
  command = apply

  assert {
    condition     = [for key in keys(aws_cloudwatch_metric_alarm.this) : key if endswith(key, "-lag")] == ["postgres-replica-1-lag"]
    error_message = "the primary has no lag"
  }
}

run "budget_burns_over_two_windows" {
  command = apply

  assert {
    condition     = aws_cloudwatch_composite_alarm.burn["fast"].alarm_rule == "ALARM(\"acme-test-error-budget-fast-long\") AND ALARM(\"acme-test-error-budget-fast-short\")"
    error_message = "both windows have to burn"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.burn["error-budget-fast-long"].threshold == 7.2 && aws_cloudwatch_metric_alarm.burn["error-budget-slow-short"].threshold == 3
    error_message = "14.4 and 6 times the objective"
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.burn : alarm.alarm_actions == null])
    error_message = "a window alone tells nobody"
  }
}

run "total_outage_alarms" {
  command = apply

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.burn : one([for query in alarm.metric_query : query.expression if query.id == "rate"]) == "IF((FILL(requests, 0) + FILL(balancer_errors, 0)) > 0, 100 * (FILL(target_errors, 0) + FILL(balancer_errors, 0)) / (FILL(requests, 0) + FILL(balancer_errors, 0)), 0)"])
    error_message = "what the balancer refuses without a target counts as a request"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.no_healthy_task.treat_missing_data == "breaching" && one([for query in aws_cloudwatch_metric_alarm.no_healthy_task.metric_query : query.expression if query.id == "healthy"]) == "FILL(blue, 0) + FILL(green, 0)"
    error_message = "no task in any slot alarms, and so does silence"
  }
}

run "nobody_to_tell_is_refused" {
  command = plan

  variables {
    alert_emails = []
  }

  expect_failures = [var.alert_emails]
}

run "budget_that_cannot_burn_fast_is_refused" {
  command = plan

  variables {
    error_rate_percent = 10
  }

  expect_failures = [var.error_rate_percent]
}
