output "domain" {
  description = "Host name of the downloads."
  value       = var.domain
}

output "distribution_id" {
  description = "ID of the distribution."
  value       = aws_cloudfront_distribution.this.id
}

output "distribution_arn" {
  description = "ARN of the distribution."
  value       = aws_cloudfront_distribution.this.arn
}

output "key_group_id" {
  description = "ID of the group of keys that may sign URLs."
  value       = aws_cloudfront_key_group.this.id
}

output "key_pair_ids" {
  description = "What a signed URL calls each key, by the key's name."
  value       = { for name, key in aws_cloudfront_public_key.this : name => key.id }
}
