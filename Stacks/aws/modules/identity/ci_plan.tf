# Plans read how things are set up and change nothing. No object, no secret and no log line is readable, but the states.
#
# A refresh of a generated secret reads its value, which a pull request must not be able to: the layer data, which has the
# master password, and with generated secrets the layer app are planned by this role with `-refresh=false`, and with a
# refresh by the role that applies.

data "aws_iam_policy_document" "plan" {
  source_policy_documents = [data.aws_iam_policy_document.state.json]

  statement {
    sid = "ReadSettings"
    actions = [
      "acm:DescribeCertificate", "acm:ListTagsForCertificate",
      "application-autoscaling:Describe*", "application-autoscaling:ListTagsForResource",
      "cloudfront:Get*", "cloudfront:List*",
      "cloudwatch:DescribeAlarms", "cloudwatch:GetDashboard", "cloudwatch:ListTagsForResource",
      "ec2:Describe*",
      "ecr:DescribeRepositories", "ecr:GetLifecyclePolicy", "ecr:ListTagsForResource",
      "ecs:Describe*", "ecs:ListTagsForResource",
      "elasticache:Describe*", "elasticache:ListTagsForResource",
      "elasticloadbalancing:Describe*",
      "iam:Get*", "iam:List*",
      "kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListAliases", "kms:ListResourceTags",
      "logs:Describe*", "logs:GetDelivery*", "logs:ListTagsForResource",
      "rds:Describe*", "rds:ListTagsForResource",
      "route53:Get*", "route53:List*",
      "s3:GetAccelerateConfiguration", "s3:GetBucket*", "s3:GetEncryptionConfiguration",
      "s3:GetLifecycleConfiguration", "s3:GetReplicationConfiguration",
      "secretsmanager:DescribeSecret", "secretsmanager:GetRandomPassword", "secretsmanager:GetResourcePolicy",
      "sns:Get*", "sns:ListTagsForResource",
      "wafv2:Get*", "wafv2:ListTagsForResource",
    ]
    resources = ["*"]
  }

  # Whether a bucket is there can be asked with no lesser right than to list it.
  statement {
    sid       = "SeeBuckets"
    actions   = ["s3:ListBucket"]
    resources = ["arn:${local.partition}:s3:::${var.name}-*"]
  }
}

resource "aws_iam_role" "plan" {
  for_each = local.ci

  name                 = "${var.name}-ci-plan"
  description          = "GitHub jobs that plan ${var.name} and look for drift"
  assume_role_policy   = data.aws_iam_policy_document.ci_trust["plan"].json
  permissions_boundary = aws_iam_policy.apply_boundary[each.key].arn
}

resource "aws_iam_role_policy" "plan" {
  for_each = local.ci

  name   = "plan"
  role   = aws_iam_role.plan[each.key].id
  policy = data.aws_iam_policy_document.plan.json
}
