# The policies of the runtime roles are attached by the module service, which also has their probe.
output "probe_targets" {
  description = "What opsctl verifies about the roles."
  value = concat(
    [
      for part, role in aws_iam_role.runtime : {
        id     = "${part}-role-trust"
        kind   = "aws.iam_role"
        role   = role.name
        expect = { boundary = aws_iam_policy.runtime_boundary.arn, trusted = ["ecs-tasks.amazonaws.com"] }
      }
    ],
    [
      for part, role in local.ci_roles : {
        id   = "ci-${part}-role"
        kind = "aws.iam_role"
        role = role.name
        expect = {
          inline_policies   = [local.ci_policies[part].name]
          attached_policies = []
          boundary          = one([for policy in aws_iam_policy.apply_boundary : policy.arn])
          trusted           = [local.provider_arn]
        }
      }
    ],
    [
      for provider in aws_iam_openid_connect_provider.github : {
        id       = "github-provider"
        kind     = "aws.oidc_provider"
        provider = provider.arn
        expect   = { url = local.issuer, audiences = ["sts.amazonaws.com"] }
      }
    ],
  )
}
