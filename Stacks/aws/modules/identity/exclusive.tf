# A policy attached by hand shows in `terraform plan` and is taken back by `apply`.

locals {
  ci_roles = merge(
    { for role in aws_iam_role.plan : "plan" => role },
    { for role in aws_iam_role.apply : "apply" => role },
    { for role in aws_iam_role.deploy : "deploy" => role },
  )
  ci_policies = merge(
    { for policy in aws_iam_role_policy.plan : "plan" => policy },
    { for policy in aws_iam_role_policy.apply : "apply" => policy },
    { for policy in aws_iam_role_policy.deploy : "deploy" => policy },
  )
}

resource "aws_iam_role_policies_exclusive" "ci" {
  for_each = local.ci_roles

  role_name    = each.value.name
  policy_names = [local.ci_policies[each.key].name]
}

resource "aws_iam_role_policy_attachments_exclusive" "ci" {
  for_each = local.ci_roles

  role_name   = each.value.name
  policy_arns = []
}
