output "endpoint" {
  description = "Host and port of the master; follows a failover."
  value       = { host = aws_elasticache_replication_group.this.primary_endpoint_address, port = aws_elasticache_replication_group.this.port }
}

output "reader_endpoint" {
  description = "Host and port that spread reads over the replicas."
  value       = { host = aws_elasticache_replication_group.this.reader_endpoint_address, port = aws_elasticache_replication_group.this.port }
}

output "group_id" {
  description = "Name of the replication group."
  value       = aws_elasticache_replication_group.this.id
}

output "members" {
  description = "Names of the nodes."
  value       = sort(aws_elasticache_replication_group.this.member_clusters)
}

output "user" {
  description = "User that the application signs in as."
  value       = aws_elasticache_user.app.user_name
}

output "connect_policy_arn" {
  description = "IAM policy for the application: sign in as its user, nothing else."
  value       = aws_iam_policy.connect.arn
}

output "key_arn" {
  description = "KMS key of storage, snapshots and logs."
  value       = module.key.arn
}
