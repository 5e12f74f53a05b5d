# Applies change what belongs to this environment by name, and what has no name of its own.
#
# What CI cannot do, so that a stolen job cannot become an administrator: make a role, change who may take one on, lift a
# boundary, change its own roles. The first apply of an environment, and changes of those, are an administrator's.

locals {
  # What the modules make things of, and what there is of it in this account; AWS knows no wildcard for the service.
  managed_services = [
    "acm", "application-autoscaling", "cloudfront", "cloudwatch", "ec2", "ecr", "ecs", "elasticache", "elasticloadbalancing",
    "kms", "logs", "rds", "route53", "s3", "secretsmanager", "sns", "wafv2",
  ]
  unnamed_services = ["acm", "application-autoscaling", "cloudfront", "ec2", "kms", "route53", "wafv2"]

  owned = {
    for service in local.managed_services : service => (
      service == "s3" ? "arn:${local.partition}:s3:::${var.name}-*"
      : service == "route53" ? "arn:${local.partition}:route53:::*"
      : "arn:${local.partition}:${service}:*:${local.account}:*"
    )
  }

  # Actions that AWS checks against no resource at all.
  unbound_actions = [
    "acm:ListCertificates", "acm:RequestCertificate", "application-autoscaling:Describe*", "cloudfront:List*",
    "cloudwatch:DescribeAlarms", "ec2:Describe*", "ecr:GetAuthorizationToken", "ecs:DescribeTaskDefinition",
    "ecs:RegisterTaskDefinition", "elasticache:Describe*", "elasticloadbalancing:Describe*", "kms:CreateKey", "kms:ListAliases",
    "logs:CreateLogDelivery", "logs:Describe*", "logs:PutResourcePolicy", "rds:Describe*", "route53:GetChange",
    "route53:ListHostedZones*", "secretsmanager:GetRandomPassword", "wafv2:List*",
  ]

  service_roles = ["${var.name}-flow-logs", "${var.name}-postgres-monitoring", "${var.name}-files-replication"]
}

data "aws_iam_policy_document" "apply_iam" {
  statement {
    sid       = "ReadIam"
    actions   = ["iam:Get*", "iam:List*"]
    resources = ["${local.iam}:role/${var.name}-*", "${local.iam}:policy/*", "${local.iam}:oidc-provider/*"]
  }

  statement {
    sid = "Policies"
    actions = [
      "iam:CreatePolicy", "iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:DeletePolicyVersion", "iam:TagPolicy",
    ]
    resources = ["${local.iam}:policy/${var.name}-*"]
  }

  statement {
    sid       = "PoliciesOfRoles"
    actions   = ["iam:DeleteRolePolicy", "iam:PutRolePolicy", "iam:TagRole", "iam:UpdateRoleDescription"]
    resources = ["${local.iam}:role/${var.name}-*"]
  }

  statement {
    sid       = "OwnPoliciesToRoles"
    actions   = ["iam:AttachRolePolicy", "iam:DetachRolePolicy"]
    resources = ["${local.iam}:role/${var.name}-*"]

    condition {
      test     = "ArnLike"
      variable = "iam:PolicyARN"
      values = [
        "${local.iam}:policy/${var.name}-*",
        "arn:${local.partition}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole",
      ]
    }
  }

  statement {
    sid       = "RolesToTheirServices"
    actions   = ["iam:PassRole"]
    resources = [for role in concat(local.service_roles, ["${var.name}-task", "${var.name}-execution"]) : "${local.iam}:role/${role}"]

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["ecs-tasks.amazonaws.com", "monitoring.rds.amazonaws.com", "s3.amazonaws.com", "vpc-flow-logs.amazonaws.com"]
    }
  }

  # Its own roles, its boundaries and the provider are out of reach, whatever the statements above say.
  statement {
    sid    = "NotItself"
    effect = "Deny"
    actions = [
      "iam:AttachRolePolicy", "iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:DeletePolicyVersion",
      "iam:DeleteRolePolicy", "iam:DetachRolePolicy", "iam:PutRolePolicy", "iam:SetDefaultPolicyVersion",
    ]
    resources = ["${local.iam}:role/${var.name}-ci-*", "${local.iam}:policy/${var.name}-*-boundary"]
  }
}

data "aws_iam_policy_document" "apply" {
  source_policy_documents = [data.aws_iam_policy_document.state.json, data.aws_iam_policy_document.apply_iam.json]

  statement {
    sid       = "WriteStates"
    actions   = ["s3:PutObject"]
    resources = [local.state_objects]
  }

  statement {
    sid = "Named"
    actions = [
      "cloudwatch:*", "ecr:*", "ecs:*", "elasticache:*", "elasticloadbalancing:*", "logs:*", "rds:*", "s3:*", "sns:*",
    ]
    resources = [
      "arn:${local.partition}:cloudwatch::${local.account}:dashboard/${var.name}",
      "arn:${local.partition}:cloudwatch:${local.region}:${local.account}:alarm:${var.name}-*",
      "${local.arn.ecr}:repository/${var.name}",
      "${local.arn.ecs}:cluster/${var.name}",
      "${local.arn.ecs}:service/${var.name}/*",
      "${local.arn.ecs}:task-definition/${var.name}-*",
      "${local.arn.elasticache}:*:${var.name}-*",
      "${local.arn.elasticloadbalancing}:*/app/${var.name}/*",
      "${local.arn.elasticloadbalancing}:targetgroup/${var.name}-*",
      "${local.arn.logs}:log-group:/${var.name}/*",
      "${local.arn.logs}:log-group:/aws/rds/instance/${var.name}-*",
      "arn:${local.partition}:logs:*:${local.account}:log-group:aws-waf-logs-${var.name}*",
      "arn:${local.partition}:logs:us-east-1:${local.account}:delivery*",
      "${local.arn.rds}:*:${var.name}-*",
      "arn:${local.partition}:s3:::${var.name}-*",
      "${local.arn.sns}:${var.name}-*",
    ]
  }

  # The provider reads a generated value back whenever it refreshes, though it keeps it nowhere.
  statement {
    sid = "Secrets"
    actions = [
      "secretsmanager:CreateSecret", "secretsmanager:DeleteSecret", "secretsmanager:DescribeSecret",
      "secretsmanager:GetResourcePolicy", "secretsmanager:GetSecretValue", "secretsmanager:ListSecretVersionIds",
      "secretsmanager:PutSecretValue", "secretsmanager:TagResource", "secretsmanager:UpdateSecret",
    ]
    resources = ["${local.arn.secretsmanager}:secret:${var.name}/*"]
  }

  # RDS makes the secret of the master password in the name of who makes the server.
  statement {
    sid       = "MasterPassword"
    actions   = ["secretsmanager:CreateSecret", "secretsmanager:TagResource"]
    resources = ["${local.arn.secretsmanager}:secret:rds!*"]
  }

  # Numbered by AWS, or global: whatever of it is in this account.
  statement {
    sid       = "Unnamed"
    actions   = [for service in local.unnamed_services : "${service}:*"]
    resources = [for service in local.unnamed_services : local.owned[service]]
  }

  statement {
    sid       = "Unbound"
    actions   = local.unbound_actions
    resources = ["*"]
  }
}

# A ceiling, not a grant: what the role may do is in its own policy.
data "aws_iam_policy_document" "apply_boundary" {
  source_policy_documents = [data.aws_iam_policy_document.apply_iam.json]

  statement {
    sid       = "Services"
    actions   = [for service in local.managed_services : "${service}:*"]
    resources = values(local.owned)
  }

  statement {
    sid       = "Unbound"
    actions   = local.unbound_actions
    resources = ["*"]
  }

  statement {
    sid       = "States"
    actions   = ["s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject"]
    resources = [local.state_arn, local.state_objects]
  }

  # Objects of users, and secrets of other environments, are not CI's to read.
  statement {
    sid       = "NoContent"
    effect    = "Deny"
    actions   = ["s3:DeleteObject*", "s3:GetObject*", "s3:PutObject*"]
    resources = ["arn:${local.partition}:s3:::${var.name}-*/*"]
  }

  statement {
    sid           = "NoOtherSecrets"
    effect        = "Deny"
    actions       = ["secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue"]
    not_resources = ["${local.arn.secretsmanager}:secret:${var.name}/*"]
  }

  statement {
    sid       = "NoMachines"
    effect    = "Deny"
    actions   = ["ec2:CreateFleet", "ec2:RequestSpot*", "ec2:RunInstances", "ecs:ExecuteCommand", "ecs:RunTask"]
    resources = ["*"]
  }
}

resource "aws_iam_policy" "apply_boundary" {
  for_each = local.ci

  name        = "${var.name}-apply-boundary"
  description = "The most that CI could ever do to ${var.name}"
  policy      = data.aws_iam_policy_document.apply_boundary.json
}

resource "aws_iam_role" "apply" {
  for_each = local.ci

  name                 = "${var.name}-ci-apply"
  description          = "GitHub jobs that apply ${var.name}, behind the reviewers of its environment"
  assume_role_policy   = data.aws_iam_policy_document.ci_trust["apply"].json
  permissions_boundary = aws_iam_policy.apply_boundary[each.key].arn
}

resource "aws_iam_role_policy" "apply" {
  for_each = local.ci

  name   = "apply"
  role   = aws_iam_role.apply[each.key].id
  policy = data.aws_iam_policy_document.apply.json
}
