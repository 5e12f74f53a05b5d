# Alarms on one metric each. What is missing does not alarm, but for the last one here: the slot that is not live has no requests and no tasks.

locals {
  service_alarms = merge([
    for slot, suffix in var.target_group_suffixes : {
      "latency-p99-${slot}" = {
        description = "99 of 100 requests to ${slot} should take less than ${var.latency_p99_ms} ms"
        namespace   = "AWS/ApplicationELB"
        metric      = "TargetResponseTime"
        statistic   = "p99"
        dimensions  = { LoadBalancer = var.load_balancer_suffix, TargetGroup = suffix }
        operator    = "GreaterThanThreshold"
        threshold   = var.latency_p99_ms / 1000
        period      = 60
        periods     = 5
        datapoints  = 3
      }
      "unhealthy-hosts-${slot}" = {
        description = "Tasks of ${slot} do not answer their health check"
        namespace   = "AWS/ApplicationELB"
        metric      = "UnHealthyHostCount"
        statistic   = "Maximum"
        dimensions  = { LoadBalancer = var.load_balancer_suffix, TargetGroup = suffix }
        operator    = "GreaterThanThreshold"
        threshold   = 0
        period      = 60
        periods     = 5
        datapoints  = 3
      }
    }
  ]...)

  task_alarms = merge([
    for slot, service in var.services : {
      for metric in ["CPUUtilization", "MemoryUtilization"] :
      "service-${metric == "CPUUtilization" ? "cpu" : "memory"}-${slot}" => {
        description = "Tasks of ${slot} are near their limit"
        namespace   = "AWS/ECS"
        metric      = metric
        statistic   = "Average"
        dimensions  = { ClusterName = var.cluster, ServiceName = service }
        operator    = "GreaterThanThreshold"
        threshold   = 85
        period      = 60
        periods     = 10
        datapoints  = 8
      }
    }
  ]...)

  # `postgres` and `postgres-replica-1`, `redis-001`: the environment's name stands in front of every alarm already.
  postgres_servers = { for server in var.postgres_identifiers : trimprefix(server, "${var.name}-") => server }
  redis_nodes      = { for node in var.redis_members : trimprefix(node, "${var.name}-") => node }

  # What is the same for every server: metric, statistic, operator, threshold, and what it means.
  postgres_metrics = {
    cpu         = ["CPUUtilization", "Average", "GreaterThanThreshold", 80, "The CPU is busy"]
    storage     = ["FreeStorageSpace", "Minimum", "LessThanThreshold", 10 * 1024 * 1024 * 1024, "Less than 10 GiB are free, and storage may not grow fast enough"]
    connections = ["DatabaseConnections", "Maximum", "GreaterThanThreshold", 400, "More connections than the pools of all tasks should hold"]
    lag         = ["ReplicaLag", "Maximum", "GreaterThanThreshold", 30, "The replica is more than 30 s behind"]
  }

  redis_metrics = {
    cpu       = ["EngineCPUUtilization", "Average", "GreaterThanThreshold", 80, "The one thread that serves commands is busy"]
    evictions = ["Evictions", "Sum", "GreaterThanThreshold", 0, "Memory is full and keys are thrown away"]
    memory    = ["DatabaseMemoryUsagePercentage", "Maximum", "GreaterThanThreshold", 80, "Memory is nearly full"]
  }

  store_metrics = concat(
    flatten([
      for short, server in local.postgres_servers : [
        for name, facts in local.postgres_metrics :
        { key = "${short}-${name}", namespace = "AWS/RDS", dimensions = { DBInstanceIdentifier = server }, facts = facts }
        # Only replicas have a lag; the primary stands first.
        if name != "lag" || server != var.postgres_identifiers[0]
      ]
    ]),
    flatten([
      for short, node in local.redis_nodes : [
        for name, facts in local.redis_metrics :
        { key = "${short}-${name}", namespace = "AWS/ElastiCache", dimensions = { CacheClusterId = node }, facts = facts }
      ]
    ]),
  )

  store_alarms = {
    for metric in local.store_metrics : metric.key => {
      description = metric.facts[4]
      namespace   = metric.namespace
      metric      = metric.facts[0]
      statistic   = metric.facts[1]
      dimensions  = metric.dimensions
      operator    = metric.facts[2]
      threshold   = tonumber(metric.facts[3])
      period      = 60
      periods     = 5
      datapoints  = 5
    }
  }

  log_alarms = {
    errors-logged = {
      description = "The application logs errors"
      namespace   = local.log_namespace
      metric      = aws_cloudwatch_log_metric_filter.errors.metric_transformation[0].name
      statistic   = "Sum"
      dimensions  = {}
      operator    = "GreaterThanThreshold"
      threshold   = 10
      period      = 300
      periods     = 1
      datapoints  = 1
    }
  }

  alarms        = merge(local.service_alarms, local.task_alarms, local.store_alarms, local.log_alarms)
  log_namespace = "${var.name}/app"
}

resource "aws_cloudwatch_log_metric_filter" "errors" {
  name           = "${var.name}-errors"
  log_group_name = var.log_group
  pattern        = "{ ($.level = \"error\") || ($.level = \"critical\") }"

  metric_transformation {
    name          = "Errors"
    namespace     = local.log_namespace
    value         = "1"
    default_value = "0"
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.description
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  statistic           = startswith(each.value.statistic, "p") ? null : each.value.statistic
  extended_statistic  = startswith(each.value.statistic, "p") ? each.value.statistic : null
  dimensions          = each.value.dimensions
  comparison_operator = each.value.operator
  threshold           = each.value.threshold
  period              = each.value.period
  evaluation_periods  = each.value.periods
  datapoints_to_alarm = each.value.datapoints
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alerts.arn]
  ok_actions          = [aws_sns_topic.alerts.arn]
}

# One of the slots always has tasks. Missing alarms too: a balancer without targets reports nothing, and then nobody is served.
resource "aws_cloudwatch_metric_alarm" "no_healthy_task" {
  alarm_name          = "${var.name}-no-healthy-task"
  alarm_description   = "No task of any slot answers its health check"
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  evaluation_periods  = 3
  datapoints_to_alarm = 3
  treat_missing_data  = "breaching"
  alarm_actions       = [aws_sns_topic.alerts.arn]
  ok_actions          = [aws_sns_topic.alerts.arn]

  metric_query {
    id          = "healthy"
    label       = "Healthy tasks of all slots"
    expression  = join(" + ", [for slot in sort(keys(var.target_group_suffixes)) : "FILL(${slot}, 0)"])
    return_data = true
  }

  dynamic "metric_query" {
    for_each = var.target_group_suffixes

    content {
      id = metric_query.key

      metric {
        namespace   = "AWS/ApplicationELB"
        metric_name = "HealthyHostCount"
        dimensions  = { LoadBalancer = var.load_balancer_suffix, TargetGroup = metric_query.value }
        stat        = "Minimum"
        period      = 60
      }
    }
  }
}
