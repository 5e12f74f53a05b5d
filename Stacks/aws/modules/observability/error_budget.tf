# The error budget is what error_rate_percent leaves to fail in 30 days. An alarm goes off when it burns so fast that it
# would be gone in two days (14.4 times) or five (6 times): over a long window, so that it matters, and over a short one, so
# that it still happens. The windows have alarms of their own, which tell nobody; a composite of the two does.
# (One alarm cannot have both: all metrics of an expression have one period.)

locals {
  burns = {
    fast = { factor = 14.4, windows = { long = 3600, short = 300 } }
    slow = { factor = 6, windows = { long = 21600, short = 1800 } }
  }

  burn_windows = merge([
    for burn, facts in local.burns : {
      for window, seconds in facts.windows : "error-budget-${burn}-${window}" => {
        threshold = facts.factor * var.error_rate_percent
        seconds   = seconds
      }
    }
  ]...)

  requests = {
    requests        = "RequestCount"
    target_errors   = "HTTPCode_Target_5XX_Count"
    balancer_errors = "HTTPCode_ELB_5XX_Count"
  }
}

# RequestCount knows only requests that had a target, and what the balancer refuses without one is an HTTPCode_ELB_5XX: in a
# total outage there are errors and no requests, and all of them have failed.
locals {
  all_requests   = "(FILL(requests, 0) + FILL(balancer_errors, 0))"
  all_errors     = "(FILL(target_errors, 0) + FILL(balancer_errors, 0))"
  failed_percent = "IF(${local.all_requests} > 0, 100 * ${local.all_errors} / ${local.all_requests}, 0)"
}

resource "aws_cloudwatch_metric_alarm" "burn" {
  for_each = local.burn_windows

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = "More than ${each.value.threshold} % of requests failed in ${each.value.seconds / 60} minutes"
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  treat_missing_data  = "notBreaching"

  metric_query {
    id          = "rate"
    label       = "Failed requests in %"
    expression  = local.failed_percent
    return_data = true
  }

  dynamic "metric_query" {
    for_each = local.requests

    content {
      id = metric_query.key

      metric {
        namespace   = "AWS/ApplicationELB"
        metric_name = metric_query.value
        dimensions  = { LoadBalancer = var.load_balancer_suffix }
        stat        = "Sum"
        period      = each.value.seconds
      }
    }
  }
}

resource "aws_cloudwatch_composite_alarm" "burn" {
  for_each = local.burns

  alarm_name        = "${var.name}-error-budget-${each.key}"
  alarm_description = "The error budget of 30 days would be gone in ${each.value.factor > 10 ? "two" : "five"} days"
  alarm_actions     = [aws_sns_topic.alerts.arn]
  ok_actions        = [aws_sns_topic.alerts.arn]

  alarm_rule = join(" AND ", [
    for window in ["long", "short"] :
    "ALARM(\"${aws_cloudwatch_metric_alarm.burn["error-budget-${each.key}-${window}"].alarm_name}\")"
  ])
}
