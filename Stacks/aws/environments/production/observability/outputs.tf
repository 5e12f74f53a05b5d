# opsctl:generated - edit environments/production.yaml, then: opsctl stack render --env production

output "observability" {
  description = "Where alarms go."
  value = {
    topic_arn   = module.observability.topic_arn
    alarm_names = module.observability.alarm_names
  }
}

output "probe_targets" {
  description = "What opsctl verifies about this layer."
  value       = module.observability.probe_targets
}
