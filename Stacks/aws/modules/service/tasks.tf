locals {
  container = {
    name      = "app"
    image     = local.image
    essential = true

    user                   = local.user
    readonlyRootFilesystem = true
    privileged             = false
    linuxParameters = {
      capabilities       = { add = [], drop = ["ALL"] }
      initProcessEnabled = true
    }

    portMappings = [{ containerPort = var.port, hostPort = var.port, protocol = "tcp" }]
    mountPoints  = [{ sourceVolume = "tmp", containerPath = "/tmp", readOnly = false }]
    environment  = [for name in sort(keys(var.environment)) : { name = name, value = var.environment[name] }]
    secrets      = [for name in sort(keys(var.secret_arns)) : { name = name, valueFrom = var.secret_arns[name] }]
    stopTimeout  = 60

    # By bash: slim images have no curl.
    healthCheck = {
      command = [
        "CMD", "bash", "-c",
        "exec 3<>/dev/tcp/127.0.0.1/${var.port} && printf 'GET ${var.health_path} HTTP/1.0\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && test $status = 200",
      ]
      interval    = 10
      timeout     = 5
      retries     = 3
      startPeriod = 30
    }

    systemControls = []
    volumesFrom    = []
  }
}

resource "aws_ecs_task_definition" "this" {
  for_each = local.slots

  family                   = "${var.name}-${each.key}"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.cpu
  memory                   = var.memory
  execution_role_arn       = var.execution_role.arn
  task_role_arn            = var.task_role.arn
  # A revision that runs, or that a rollback needs, must outlive the next one.
  skip_destroy = true

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = "X86_64"
  }

  # The only place that can be written to; it is empty at each start. The image gives it to the user by `VOLUME /tmp`.
  volume {
    name = "tmp"
  }

  container_definitions = jsonencode([merge(local.container, {
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.app.name
        awslogs-region        = data.aws_region.this.name
        awslogs-stream-prefix = each.key
      }
    }
  })])
}

resource "aws_ecs_service" "this" {
  for_each = local.slots

  name            = each.key
  cluster         = aws_ecs_cluster.this.id
  task_definition = aws_ecs_task_definition.this[each.key].arn
  desired_count   = each.value
  launch_type     = "FARGATE"

  enable_execute_command            = false
  enable_ecs_managed_tags           = true
  propagate_tags                    = "SERVICE"
  health_check_grace_period_seconds = 30

  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets          = var.private_subnet_ids
    security_groups  = [var.security_group_ids.app]
    assign_public_ip = false
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.this[each.key].arn
    container_name   = local.container.name
    container_port   = var.port
  }

  lifecycle {
    # The rollout's.
    ignore_changes = [desired_count, task_definition]
  }

  depends_on = [aws_iam_role_policy.execution, aws_lb_listener.https]
}

# Both slots have the same minimum. A slot that the rollout has set to no tasks gives no metric and so stays at none; one
# that it has started never falls below the minimum.
resource "aws_appautoscaling_target" "this" {
  for_each = aws_ecs_service.this

  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/${aws_ecs_cluster.this.name}/${each.value.name}"
  min_capacity       = var.tasks
  max_capacity       = var.tasks_limit
}

resource "aws_appautoscaling_policy" "cpu" {
  for_each = aws_appautoscaling_target.this

  name               = "cpu-${each.key}"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = each.value.service_namespace
  scalable_dimension = each.value.scalable_dimension
  resource_id        = each.value.resource_id

  target_tracking_scaling_policy_configuration {
    target_value       = 60
    scale_in_cooldown  = 300
    scale_out_cooldown = 60

    predefined_metric_specification {
      predefined_metric_type = "ECSServiceAverageCPUUtilization"
    }
  }
}
