output "arns" {
  description = "ARN of each secret, by the variable it arrives in."
  value       = { for variable, secret in aws_secretsmanager_secret.this : variable => secret.arn }
}

output "key_arn" {
  description = "KMS key of the secrets."
  value       = module.key.arn
}
