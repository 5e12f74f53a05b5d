mock_provider "aws" {
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/mock" }
  }
  mock_resource "aws_iam_policy" {
    defaults = { arn = "arn:aws:iam::123456789012:policy/mock" }
  }
  mock_resource "aws_iam_openid_connect_provider" {
    defaults = { arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" }
  }
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_region" {
    defaults = { name = "eu-west-1" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
}

variables {
  name         = "acme-test"
  environment  = "test"
  state_bucket = "acme-tfstate"
}

run "runtime_roles_are_bounded_and_bound_to_this_account" {
  command = apply

  assert {
    condition     = alltrue([for role in aws_iam_role.runtime : role.permissions_boundary == aws_iam_policy.runtime_boundary.arn])
    error_message = "every runtime role has the boundary"
  }

  assert {
    condition     = one(one(data.aws_iam_policy_document.runtime_trust.statement).condition).variable == "aws:SourceAccount"
    error_message = "ECS of another account cannot take on the roles"
  }

  assert {
    condition     = output.plan_role_arn == null && output.apply_role_arn == null && output.deploy_role_arn == null && length(local.ci_roles) == 0
    error_message = "without CI there is no role for it"
  }
}

run "each_ci_role_is_trusted_by_its_own_jobs" {
  command = apply

  variables {
    ci = { repository = "acme/app", branch = "main", owns_provider = true }
  }

  assert {
    condition     = local.subjects.apply == [["repo:acme/app:environment:test"]] && local.subjects.deploy == local.subjects.apply
    error_message = "apply and deploy stand behind the GitHub environment"
  }

  assert {
    condition     = local.subjects.plan == [["repo:acme/app:pull_request", "repo:acme/app:ref:refs/heads/main"]]
    error_message = "pull requests and the branch may plan"
  }

  assert {
    condition = alltrue([
      for trust in data.aws_iam_policy_document.ci_trust :
      toset([for condition in one(trust.statement).condition : condition.test]) == toset(["StringEquals"])
    ])
    error_message = "subjects are compared whole"
  }

  assert {
    condition     = aws_iam_role.apply["this"].permissions_boundary == aws_iam_policy.apply_boundary["this"].arn
    error_message = "apply is bounded"
  }

  assert {
    condition     = alltrue([for role in local.ci_roles : role.permissions_boundary == aws_iam_policy.apply_boundary["this"].arn])
    error_message = "and so are the other two"
  }

  # The statements that allow go by patterns, so each of their actions that changes something is also denied elsewhere.
  assert {
    condition = alltrue([
      for action in ["iam:AttachRolePolicy", "iam:CreateRole", "iam:DeleteRole*", "iam:DetachRolePolicy", "iam:PassRole", "iam:PutRole*", "iam:TagRole", "iam:UntagRole", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole*", "iam:CreatePolicy*", "iam:DeletePolicy*", "iam:SetDefaultPolicyVersion", "iam:TagPolicy", "iam:UntagPolicy"] :
      contains(flatten([for statement in data.aws_iam_policy_document.apply_iam.statement : statement.actions if statement.effect == "Deny"]), action)
    ])
    error_message = "an environment whose name begins with this one's is out of reach"
  }

  assert {
    condition = [
      for statement in data.aws_iam_policy_document.apply_iam.statement : length(statement.not_resources) if statement.effect == "Deny"
    ] == [5, 4]
    error_message = "every role and policy but the named ones is out of reach"
  }

  assert {
    condition     = length(aws_iam_role_policies_exclusive.ci) == 3 && length(aws_iam_role_policy_attachments_exclusive.ci) == 3
    error_message = "nothing else can be attached to a role of CI"
  }

  assert {
    condition = length(setintersection(
      toset(flatten([for statement in data.aws_iam_policy_document.apply_iam.statement : statement.actions if statement.effect != "Deny"])),
      toset(["iam:*", "iam:CreateRole", "iam:UpdateAssumeRolePolicy", "iam:DeleteRolePermissionsBoundary", "iam:CreateUser"]),
    )) == 0
    error_message = "CI cannot make itself an administrator"
  }
}

run "subject_with_ids_is_compared_whole" {
  command = apply

  variables {
    ci = { repository = "acme/app", branch = "main", owns_provider = true, subject = "repo:acme@1/app@2" }
  }

  assert {
    condition     = local.subjects.apply == [["repo:acme@1/app@2:environment:test"]]
    error_message = "the subject begins as GitHub writes it"
  }
}

run "wildcard_subject_is_refused" {
  command = plan

  variables {
    ci = { repository = "acme/app", branch = "main", owns_provider = true, subject = "repo:acme/*" }
  }

  expect_failures = [var.ci]
}

run "provider_of_another_environment_is_used" {
  command = apply

  variables {
    ci = { repository = "acme/app", branch = "main", owns_provider = false }
  }

  assert {
    condition     = length(aws_iam_openid_connect_provider.github) == 0 && length(data.aws_iam_openid_connect_provider.github) == 1
    error_message = "the account has one provider"
  }
}

run "wildcard_repository_is_refused" {
  command = plan

  variables {
    ci = { repository = "acme/*", branch = "main", owns_provider = true }
  }

  expect_failures = [var.ci]
}
