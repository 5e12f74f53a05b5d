locals {
  # Title, statistic and lines of each graph.
  graphs = [
    {
      title     = "Latency"
      statistic = "p99"
      lines     = [for slot, suffix in var.target_group_suffixes : ["AWS/ApplicationELB", "TargetResponseTime", "LoadBalancer", var.load_balancer_suffix, "TargetGroup", suffix, { label = slot }]]
    },
    {
      title     = "Requests and failures"
      statistic = "Sum"
      lines     = [for name, metric in local.requests : ["AWS/ApplicationELB", metric, "LoadBalancer", var.load_balancer_suffix, { label = name }]]
    },
    {
      title     = "CPU of tasks"
      statistic = "Average"
      lines     = [for slot, service in var.services : ["AWS/ECS", "CPUUtilization", "ClusterName", var.cluster, "ServiceName", service, { label = slot }]]
    },
    {
      title     = "Errors logged"
      statistic = "Sum"
      lines     = [[local.log_namespace, aws_cloudwatch_log_metric_filter.errors.metric_transformation[0].name]]
    },
    {
      title     = "CPU of PostgreSQL"
      statistic = "Average"
      lines     = [for server in var.postgres_identifiers : ["AWS/RDS", "CPUUtilization", "DBInstanceIdentifier", server]]
    },
    {
      title     = "Memory of Redis"
      statistic = "Maximum"
      lines     = [for node in var.redis_members : ["AWS/ElastiCache", "DatabaseMemoryUsagePercentage", "CacheClusterId", node]]
    },
  ]
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.name

  dashboard_body = jsonencode({
    widgets = concat(
      [
        for index, graph in local.graphs : {
          type   = "metric"
          x      = 12 * (index % 2)
          y      = 6 * floor(index / 2)
          width  = 12
          height = 6
          properties = {
            title   = graph.title
            region  = data.aws_region.this.name
            stat    = graph.statistic
            period  = 60
            metrics = graph.lines
          }
        }
      ],
      [
        {
          type       = "alarm"
          x          = 0
          y          = 6 * ceil(length(local.graphs) / 2)
          width      = 24
          height     = 4
          properties = { title = "Alarms", alarms = sort([for alarm in aws_cloudwatch_metric_alarm.this : alarm.arn]) }
        },
      ],
    )
  })
}
