# Deployments push an image, start a release in one slot and move the listener's weights; they change nothing else.

data "aws_iam_policy_document" "deploy" {
  # Neither is bound to a resource by AWS, or not to a name that exists before the call.
  statement {
    sid = "Look"
    actions = [
      "ecs:DescribeTaskDefinition", "elasticloadbalancing:DescribeListeners", "elasticloadbalancing:DescribeLoadBalancers",
      "elasticloadbalancing:DescribeTargetGroups", "elasticloadbalancing:DescribeTargetHealth",
    ]
    resources = ["*"]
  }

  statement {
    sid       = "RegistryToken"
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"]
  }

  statement {
    sid = "PushImage"
    actions = [
      "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:CompleteLayerUpload", "ecr:DescribeImages",
      "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart",
    ]
    resources = ["${local.arn.ecr}:repository/${var.name}"]
  }

  statement {
    sid       = "NewRelease"
    actions   = ["ecs:RegisterTaskDefinition", "ecs:TagResource"]
    resources = ["${local.arn.ecs}:task-definition/${var.name}-*:*"]
  }

  statement {
    sid       = "StartAndStopSlots"
    actions   = ["ecs:DescribeServices", "ecs:UpdateService"]
    resources = ["${local.arn.ecs}:service/${var.name}/*"]
  }

  statement {
    sid       = "WatchTasks"
    actions   = ["ecs:DescribeTasks", "ecs:ListTasks"]
    resources = ["*"]

    condition {
      test     = "ArnEquals"
      variable = "ecs:cluster"
      values   = ["${local.arn.ecs}:cluster/${var.name}"]
    }
  }

  statement {
    sid       = "MoveTraffic"
    actions   = ["elasticloadbalancing:ModifyListener"]
    resources = ["${local.arn.elasticloadbalancing}:listener/app/${var.name}/*"]
  }

  statement {
    sid       = "RuntimeRolesToEcs"
    actions   = ["iam:PassRole"]
    resources = [for role in aws_iam_role.runtime : role.arn]

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["ecs-tasks.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "deploy" {
  for_each = local.ci

  name                 = "${var.name}-ci-deploy"
  description          = "GitHub jobs that deploy releases to ${var.name}"
  assume_role_policy   = data.aws_iam_policy_document.ci_trust["deploy"].json
  permissions_boundary = aws_iam_policy.apply_boundary[each.key].arn
}

resource "aws_iam_role_policy" "deploy" {
  for_each = local.ci

  name   = "deploy"
  role   = aws_iam_role.deploy[each.key].id
  policy = data.aws_iam_policy_document.deploy.json
}
