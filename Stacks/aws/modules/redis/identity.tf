# No password enters Terraform's state: clients sign in by IAM. Where a client cannot, an operator gives the user a password
# with `aws elasticache modify-user --authentication-mode Type=password,Passwords=…`, which Terraform then leaves alone.
resource "aws_elasticache_user" "app" {
  user_id       = "${local.identifier}-app"
  user_name     = "${local.identifier}-app"
  engine        = "redis"
  access_string = "on ~* &* -@all +@read +@write +@connection +@pubsub +@scripting +@transaction +info"

  authentication_mode {
    type = "iam"
  }

  lifecycle {
    ignore_changes = [authentication_mode]
  }
}

# Every group needs a user `default`; this one is switched off, so a client that does not sign in can do nothing.
resource "aws_elasticache_user" "default" {
  user_id       = "${local.identifier}-default"
  user_name     = "default"
  engine        = "redis"
  access_string = "off ~keys* -@all"

  authentication_mode {
    type = "no-password-required"
  }
}

resource "aws_elasticache_user_group" "this" {
  user_group_id = local.identifier
  engine        = "redis"
  user_ids      = [aws_elasticache_user.app.user_id, aws_elasticache_user.default.user_id]
}

data "aws_iam_policy_document" "connect" {
  statement {
    sid       = "ConnectAsApp"
    actions   = ["elasticache:Connect"]
    resources = [aws_elasticache_replication_group.this.arn, aws_elasticache_user.app.arn]
  }
}

resource "aws_iam_policy" "connect" {
  name        = "${local.identifier}-connect"
  description = "Sign in to Redis as the application, on this environment's nodes only"
  policy      = data.aws_iam_policy_document.connect.json
}
