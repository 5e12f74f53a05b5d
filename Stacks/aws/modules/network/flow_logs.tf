module "key" {
  source = "../keys"

  name               = var.name
  purpose            = "network-logs"
  log_group_prefixes = ["/${var.name}/network/"]
}

resource "aws_cloudwatch_log_group" "flow" {
  name              = "/${var.name}/network/flow"
  retention_in_days = var.flow_log_days
  kms_key_id        = module.key.arn
}

data "aws_caller_identity" "this" {}

data "aws_iam_policy_document" "flow_assume" {
  statement {
    sid     = "FlowLogsService"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["vpc-flow-logs.amazonaws.com"]
    }

    # No other account can have the service write with this role.
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.this.account_id]
    }
  }
}

data "aws_iam_policy_document" "flow" {
  statement {
    sid       = "WriteOneLogGroup"
    actions   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.flow.arn}:*"]
  }
}

resource "aws_iam_role" "flow" {
  name               = "${var.name}-flow-logs"
  description        = "Lets VPC flow logs write their log group"
  assume_role_policy = data.aws_iam_policy_document.flow_assume.json
}

resource "aws_iam_role_policy" "flow" {
  name   = "write-flow-logs"
  role   = aws_iam_role.flow.id
  policy = data.aws_iam_policy_document.flow.json
}

# A policy attached by hand shows in `terraform plan` and is taken back by `apply`.
resource "aws_iam_role_policies_exclusive" "flow" {
  role_name    = aws_iam_role.flow.name
  policy_names = [aws_iam_role_policy.flow.name]
}

resource "aws_iam_role_policy_attachments_exclusive" "flow" {
  role_name   = aws_iam_role.flow.name
  policy_arns = []
}

resource "aws_flow_log" "this" {
  vpc_id                   = aws_vpc.this.id
  traffic_type             = "ALL"
  max_aggregation_interval = 60
  iam_role_arn             = aws_iam_role.flow.arn
  log_destination          = aws_cloudwatch_log_group.flow.arn
  tags                     = { Name = var.name }
}
