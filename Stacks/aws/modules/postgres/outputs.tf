output "endpoint" {
  description = "Host and port of the primary."
  value       = { host = aws_db_instance.primary.address, port = aws_db_instance.primary.port }
}

output "replica_endpoints" {
  description = "Host and port of each replica."
  value       = [for replica in aws_db_instance.replica : { host = replica.address, port = replica.port }]
}

output "identifiers" {
  description = "Names of the servers, the primary first."
  value       = concat([aws_db_instance.primary.identifier], aws_db_instance.replica[*].identifier)
}

output "database" {
  description = "Database that the application uses."
  value       = aws_db_instance.primary.db_name
}

output "master_secret_arn" {
  description = "Secrets Manager secret of the master password."
  value       = aws_secretsmanager_secret.master.arn
}

output "connect_policy_arn" {
  description = "IAM policy for the application: log in as its role, nothing else."
  value       = aws_iam_policy.connect.arn
}

output "key_arn" {
  description = "KMS key of storage, backups, logs and the master secret."
  value       = module.key.arn
}
