# Applies change what belongs to this environment by name, and what has no name of its own.
#
# What CI cannot do, so that a stolen job cannot become an administrator: make a role, change who may take one on, lift a
# boundary, change its own roles, or those of another environment, whose name may begin with this one's. The first apply of an environment, and changes of those, are an administrator's.

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
    "acm:ListCertificates", "acm:RequestCertificate", "application-autoscaling:Describe*", "cloudfront:*KeyGroup*",
    "cloudfront:*PublicKey*", "cloudfront:Create*", "cloudfront:List*", "cloudwatch:DescribeAlarms", "ec2:Describe*",
    "ecr:GetAuthorizationToken", "ecs:*TaskDefinition", "elasticache:Describe*", "elasticloadbalancing:Describe*",
    "iam:ListOpenIDConnectProviders", "kms:CreateKey", "kms:ListAliases", "logs:*LogDeliver*", "logs:Describe*",
    "logs:PutResourcePolicy", "rds:Describe*", "route53:GetChange", "route53:ListHostedZones*",
    "secretsmanager:GetRandomPassword", "wafv2:List*",
  ]

  # By their whole names: `shop-dev-*` is also the roles of an environment `dev-eu`. The statements that allow go by such a
  # pattern, for brevity, and those that deny take back all but these.
  managed_roles = [
    for role in ["task", "execution", "flow-logs", "postgres-monitoring", "files-replication"] : "${local.iam}:role/${var.name}-${role}"
  ]
  managed_policies = [
    for policy in ["files-app", "files-probe", "postgres-connect", "redis-connect"] : "${local.iam}:policy/${var.name}-${policy}"
  ]

  # Services that make a role of their own when an account first uses them.
  linked_services = [
    "delivery.logs", "ecs", "ecs.application-autoscaling", "elasticache", "elasticloadbalancing", "rds", "wafv2",
  ]
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
      "iam:UntagPolicy",
    ]
    resources = ["${local.iam}:policy/${var.name}-*"]
  }

  statement {
    sid       = "PoliciesOfRoles"
    actions   = ["iam:DeleteRolePolicy", "iam:PutRolePolicy", "iam:TagRole", "iam:UntagRole", "iam:UpdateRoleDescription"]
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
    resources = ["${local.iam}:role/${var.name}-*"]

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["ecs-tasks.amazonaws.com", "monitoring.rds.amazonaws.com", "s3.amazonaws.com", "vpc-flow-logs.amazonaws.com"]
    }
  }

  statement {
    sid       = "RolesOfServices"
    actions   = ["iam:CreateServiceLinkedRole"]
    resources = ["${local.iam}:role/aws-service-role/*"]

    condition {
      test     = "StringEquals"
      variable = "iam:AWSServiceName"
      values   = [for service in local.linked_services : "${service}.amazonaws.com"]
    }
  }

  # CI's own roles and those of other environments are out of reach, whatever the statements above say.
  statement {
    sid    = "NoOtherRoles"
    effect = "Deny"
    actions = [
      "iam:AttachRolePolicy", "iam:CreateRole", "iam:DeleteRole*", "iam:DetachRolePolicy", "iam:PassRole", "iam:PutRole*",
      "iam:TagRole", "iam:UntagRole", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole*",
    ]
    not_resources = local.managed_roles
  }

  # The boundaries are policies, too.
  statement {
    sid    = "NoOtherPolicies"
    effect = "Deny"
    actions = [
      "iam:CreatePolicy*", "iam:DeletePolicy*", "iam:SetDefaultPolicyVersion", "iam:TagPolicy", "iam:UntagPolicy",
    ]
    not_resources = local.managed_policies
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
      # What application auto scaling makes in the name of who sets a target.
      "arn:${local.partition}:cloudwatch:${local.region}:${local.account}:alarm:TargetTracking-service/${var.name}/*",
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
      "${local.arn.rds}:og:default*",
      "arn:${local.partition}:s3:::${var.name}-*",
      "${local.arn.sns}:${var.name}-*",
    ]
  }

  # The application's secrets, and the master password of PostgreSQL. The provider reads a generated value back whenever it refreshes, though it keeps it nowhere.
  statement {
    sid = "Secrets"
    actions = [
      "secretsmanager:CreateSecret", "secretsmanager:DeleteSecret", "secretsmanager:DescribeSecret",
      "secretsmanager:GetResourcePolicy", "secretsmanager:GetSecretValue", "secretsmanager:ListSecretVersionIds",
      "secretsmanager:PutSecretValue", "secretsmanager:TagResource", "secretsmanager:UpdateSecret",
    ]
    resources = ["${local.arn.secretsmanager}:secret:${var.name}/*"]
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

# A ceiling, not a grant, and the same one for all roles of CI: what each may do is in its own policy.
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
    actions   = ["s3:DeleteObject", "s3:Get*", "s3:ListBucket", "s3:PutObject"]
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
    sid    = "NoMachines"
    effect = "Deny"
    actions = [
      "ec2:AssociateIamInstanceProfile", "ec2:CreateFleet", "ec2:ModifyInstanceAttribute",
      "ec2:ReplaceIamInstanceProfileAssociation", "ec2:RequestSpot*", "ec2:Run*", "ec2:StartInstances", "ecs:ExecuteCommand",
      "ecs:RunTask",
    ]
    resources = ["*"]
  }

  # Keys and networks have no name by which a policy could tell environments apart, but a tag. The key of the states is
  # `shared`: it may be used, but not lost. Without Null, StringNotEquals would also hold for what has no tag.
  statement {
    sid    = "NoOtherEnvironments"
    effect = "Deny"
    actions = [
      "ec2:Authorize*", "ec2:CreateTags", "ec2:Delete*", "ec2:Modify*", "ec2:Revoke*", "kms:DisableKey", "kms:PutKeyPolicy",
      "kms:ScheduleKeyDeletion", "kms:TagResource", "kms:UntagResource",
    ]
    resources = ["*"]

    condition {
      test     = "Null"
      variable = "aws:ResourceTag/Environment"
      values   = ["false"]
    }

    condition {
      test     = "StringNotEquals"
      variable = "aws:ResourceTag/Environment"
      values   = [var.environment]
    }
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
