output "bucket" {
  description = "Name of the bucket."
  value       = aws_s3_bucket.this.id
}

output "bucket_arn" {
  description = "ARN of the bucket."
  value       = aws_s3_bucket.this.arn
}

output "domain" {
  description = "Host name of the bucket in its region."
  value       = aws_s3_bucket.this.bucket_regional_domain_name
}

output "logs_bucket" {
  description = "Bucket of the access logs."
  value       = aws_s3_bucket.logs.id
}

output "logs_bucket_domain" {
  description = "Host name of the bucket of logs in its region."
  value       = aws_s3_bucket.logs.bucket_regional_domain_name
}

output "replica_bucket" {
  description = "Bucket of the copies in the second region; null without replication."
  value       = one([for replica in aws_s3_bucket.replica : replica.id])
}

output "app_policy_arn" {
  description = "IAM policy for the application: objects below its prefix."
  value       = aws_iam_policy.app.arn
}

output "probe_policy_arn" {
  description = "IAM policy for probes: their canary."
  value       = aws_iam_policy.probe.arn
}

output "key_arn" {
  description = "KMS key of the objects."
  value       = module.key.arn
}
