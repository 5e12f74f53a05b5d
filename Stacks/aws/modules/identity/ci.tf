# GitHub's jobs sign in by OIDC: there is no access key to steal. Who may take on which role is decided by the subject of
# the job's token.

locals {
  ci     = { for key, ci in { this = var.ci } : key => ci if ci != null }
  issuer = "token.actions.githubusercontent.com"

  provider_arn = one(concat(
    [for provider in aws_iam_openid_connect_provider.github : provider.arn],
    [for provider in data.aws_iam_openid_connect_provider.github : provider.arn],
  ))

  # GitHub decides per repository whether subjects carry the ids of owner and repository.
  subject = one([for ci in local.ci : coalesce(ci.subject, "repo:${ci.repository}")])

  subjects = {
    # Reads only, so a pull request may show what it would change. GitHub gives a fork's pull request no token.
    plan = [for ci in local.ci : ["${local.subject}:pull_request", "${local.subject}:ref:refs/heads/${ci.branch}"]]
    # Behind the reviewers of the GitHub environment.
    apply  = [for ci in local.ci : ["${local.subject}:environment:${var.environment}"]]
    deploy = [for ci in local.ci : ["${local.subject}:environment:${var.environment}"]]
  }

  state_objects = "arn:${local.partition}:s3:::${var.state_bucket}/${var.environment}/*"
  state_locks   = "arn:${local.partition}:s3:::${var.state_bucket}/${var.environment}/*.tflock"
  state_arn     = "arn:${local.partition}:s3:::${var.state_bucket}"
}

resource "aws_iam_openid_connect_provider" "github" {
  for_each = { for key, ci in local.ci : key => ci if ci.owns_provider }

  url            = "https://${local.issuer}"
  client_id_list = ["sts.amazonaws.com"]
}

data "aws_iam_openid_connect_provider" "github" {
  for_each = { for key, ci in local.ci : key => ci if !ci.owns_provider }

  url = "https://${local.issuer}"
}

data "aws_iam_policy_document" "ci_trust" {
  for_each = { for role, subjects in local.subjects : role => one(subjects) if length(subjects) > 0 }

  statement {
    sid     = "GitHubJobs"
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [local.provider_arn]
    }

    condition {
      test     = "StringEquals"
      variable = "${local.issuer}:aud"
      values   = ["sts.amazonaws.com"]
    }

    # Equals, not like: a pattern here has let other repositories in elsewhere.
    condition {
      test     = "StringEquals"
      variable = "${local.issuer}:sub"
      values   = each.value
    }
  }
}

# Read the states, and hold their locks.
data "aws_iam_policy_document" "state" {
  statement {
    sid       = "ListStates"
    actions   = ["s3:ListBucket"]
    resources = [local.state_arn]

    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["${var.environment}/*"]
    }
  }

  statement {
    sid       = "ReadStates"
    actions   = ["s3:GetObject"]
    resources = [local.state_objects]
  }

  statement {
    sid       = "LockStates"
    actions   = ["s3:DeleteObject", "s3:PutObject"]
    resources = [local.state_locks]
  }

  # The key of the states is known by what it encrypts: its ARN belongs to the layer bootstrap.
  statement {
    sid       = "UseKeyOfStates"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = ["${local.arn.kms}:key/*"]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${local.region}.amazonaws.com"]
    }

    condition {
      test     = "StringLike"
      variable = "kms:EncryptionContext:aws:s3:arn"
      values   = [local.state_arn, "${local.state_arn}/*"]
    }
  }
}
