output "probe_targets" {
  description = "What opsctl verifies about the secrets."
  value = concat(
    [
      for variable, secret in aws_secretsmanager_secret.this : {
        id     = "secret-${local.secrets[variable].name}"
        kind   = "aws.secret"
        secret = secret.arn
        # Whether an operator has put a value is not Terraform's to promise.
        expect = { key = module.key.arn, has_value = contains(keys(local.generated), variable) ? true : null }
      }
    ],
    module.key.probe_targets,
  )
}
