output "task_role" {
  description = "Role of the running application."
  value       = { name = aws_iam_role.runtime["task"].name, arn = aws_iam_role.runtime["task"].arn }
}

output "execution_role" {
  description = "Role with which ECS starts the application."
  value       = { name = aws_iam_role.runtime["execution"].name, arn = aws_iam_role.runtime["execution"].arn }
}

output "boundary_arn" {
  description = "Permissions boundary of the application's roles."
  value       = aws_iam_policy.runtime_boundary.arn
}

output "plan_role_arn" {
  description = "Role of GitHub jobs that plan; null without CI."
  value       = one([for role in aws_iam_role.plan : role.arn])
}

output "apply_role_arn" {
  description = "Role of GitHub jobs that apply; null without CI."
  value       = one([for role in aws_iam_role.apply : role.arn])
}

output "deploy_role_arn" {
  description = "Role of GitHub jobs that deploy; null without CI."
  value       = one([for role in aws_iam_role.deploy : role.arn])
}
