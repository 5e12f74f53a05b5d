output "probe_targets" {
  description = "What opsctl verifies about the service."
  value = concat(
    [
      {
        id            = "load-balancer"
        kind          = "aws.load_balancer"
        load_balancer = aws_lb.this.arn
        expect = {
          access_logs          = var.logs_bucket
          deletion_protection  = var.deletion_protection
          drop_invalid_headers = true
          web_acl              = aws_wafv2_web_acl.this.arn
        }
      },
      {
        id       = "listener-https"
        kind     = "aws.listener"
        listener = aws_lb_listener.https.arn
        expect = {
          certificate   = aws_acm_certificate.this.arn
          live_slots    = 1
          protocol      = "HTTPS"
          target_groups = sort([for group in aws_lb_target_group.this : group.arn])
          tls_policy    = local.tls_policy
        }
      },
      {
        id       = "listener-http"
        kind     = "aws.listener"
        listener = aws_lb_listener.http.arn
        expect   = { protocol = "HTTP", redirect = "HTTPS:443:HTTP_301" }
      },
      {
        id      = "web-acl"
        kind    = "aws.web_acl"
        web_acl = aws_wafv2_web_acl.this.arn
        scope   = "REGIONAL"
        expect  = { rate_limit = var.rate_limit, default_action = "allow" }
      },
      {
        id   = "task-role"
        kind = "aws.iam_role"
        role = var.task_role.name
        expect = {
          inline_policies   = []
          attached_policies = sort(var.policy_arns)
        }
      },
      {
        id   = "execution-role"
        kind = "aws.iam_role"
        role = var.execution_role.name
        expect = {
          inline_policies   = [aws_iam_role_policy.execution.name]
          attached_policies = []
        }
      },
      {
        id     = "app"
        kind   = "http"
        url    = "https://${aws_route53_record.this.name}${var.health_path}"
        expect = { status = [200] }
      },
    ],
    [
      for slot, service in aws_ecs_service.this : {
        id      = "service-${slot}"
        kind    = "aws.ecs_service"
        cluster = aws_ecs_cluster.this.name
        service = service.name
        # How many tasks a slot has is the rollout's: the one that is not live may have none.
        expect = {
          circuit_breaker = true
          exec            = false
          minimum_tasks   = null
          privileged      = false
          public_ip       = false
          read_only_root  = true
          secrets         = sort(keys(var.secret_arns))
          user            = local.user
        }
      }
    ],
    [
      for part, group in { app = aws_cloudwatch_log_group.app, firewall = aws_cloudwatch_log_group.firewall } : {
        id                     = "${part}-log-group"
        kind                   = "aws.log_group"
        log_group              = group.name
        expect                 = { retention_days = var.log_days, key = module.key.arn }
      }
    ],
    module.key.probe_targets,
  )
}
