output "probe_targets" {
  description = "What opsctl verifies about alarms."
  value = concat(
    [
      for key, alarm in aws_cloudwatch_metric_alarm.this : {
        id     = "alarm-${key}"
        kind   = "aws.alarm"
        alarm  = alarm.alarm_name
        expect = { actions = [aws_sns_topic.alerts.arn], enabled = true, threshold = local.alarms[key].threshold }
      }
    ],
    [
      for key, alarm in aws_cloudwatch_metric_alarm.burn : {
        id     = "alarm-${key}"
        kind   = "aws.alarm"
        alarm  = alarm.alarm_name
        expect = { actions = [], enabled = true, threshold = local.burn_windows[key].threshold }
      }
    ],
    [
      for key, alarm in aws_cloudwatch_composite_alarm.burn : {
        id     = "alarm-error-budget-${key}"
        kind   = "aws.alarm"
        alarm  = alarm.alarm_name
        expect = { actions = [aws_sns_topic.alerts.arn], enabled = true, threshold = null }
      }
    ],
    [
      {
        id     = "alarm-no-healthy-task"
        kind   = "aws.alarm"
        alarm  = aws_cloudwatch_metric_alarm.no_healthy_task.alarm_name
        expect = { actions = [aws_sns_topic.alerts.arn], enabled = true, threshold = 1 }
      },
    ],
    [
      {
        id     = "alerts-topic"
        kind   = "aws.sns_topic"
        topic  = aws_sns_topic.alerts.arn
        expect = { key = module.key.arn, subscriptions = sort(var.alert_emails), confirmed = "all" }
      },
    ],
    module.key.probe_targets,
  )
}
