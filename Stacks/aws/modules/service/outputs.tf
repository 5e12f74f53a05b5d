output "url" {
  description = "Where users reach the application."
  value       = "https://${aws_route53_record.this.name}"
}

output "load_balancer_arn" {
  description = "ARN of the load balancer."
  value       = aws_lb.this.arn
}

output "load_balancer_suffix" {
  description = "Name of the load balancer in metrics."
  value       = aws_lb.this.arn_suffix
}

output "target_group_arns" {
  description = "Target group of each slot."
  value       = { for slot, group in aws_lb_target_group.this : slot => group.arn }
}

output "target_group_suffixes" {
  description = "Name of each slot's target group in metrics."
  value       = { for slot, group in aws_lb_target_group.this : slot => group.arn_suffix }
}

output "listener_arn" {
  description = "Listener whose weights say which slot is live."
  value       = aws_lb_listener.https.arn
}

output "cluster" {
  description = "Name of the ECS cluster."
  value       = aws_ecs_cluster.this.name
}

output "services" {
  description = "Name of each slot's service."
  value       = { for slot, service in aws_ecs_service.this : slot => service.name }
}

output "log_group" {
  description = "Log group of the application."
  value       = aws_cloudwatch_log_group.app.name
}

output "web_acl_arn" {
  description = "Firewall in front of the load balancer."
  value       = aws_wafv2_web_acl.this.arn
}

output "key_arn" {
  description = "KMS key of the logs."
  value       = module.key.arn
}
