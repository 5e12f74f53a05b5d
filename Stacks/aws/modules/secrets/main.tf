module "key" {
  source = "../keys"

  name    = var.name
  purpose = "secrets"
}

locals {
  secrets   = { for secret in var.secrets : secret.variable => secret }
  generated = { for variable, secret in local.secrets : variable => secret if secret.source == "generated" }
}

resource "aws_secretsmanager_secret" "this" {
  for_each = local.secrets

  name                    = "${var.name}/${each.value.name}"
  description             = each.value.source == "generated" ? "${each.key}, generated" : "${each.key}, put here by an operator"
  kms_key_id              = module.key.arn
  recovery_window_in_days = 30
}

# Ephemeral and write-only: the value passes from AWS to AWS and stands in no plan and no state. A new one is written only
# when secret_string_wo_version changes. A supplied secret gets its value by `aws secretsmanager put-secret-value`.
ephemeral "aws_secretsmanager_random_password" "this" {
  for_each = local.generated

  password_length     = 48
  exclude_punctuation = true
}

resource "aws_secretsmanager_secret_version" "this" {
  for_each = local.generated

  secret_id                = aws_secretsmanager_secret.this[each.key].id
  secret_string_wo         = ephemeral.aws_secretsmanager_random_password.this[each.key].random_password
  secret_string_wo_version = 1
}
