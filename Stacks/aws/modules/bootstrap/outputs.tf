output "state_bucket" {
  description = "Name of the bucket."
  value       = aws_s3_bucket.this.id
}

output "key_arn" {
  description = "KMS key of the states."
  value       = module.key.arn
}
