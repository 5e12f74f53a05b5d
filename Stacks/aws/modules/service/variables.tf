variable "name" {
  description = "Prefix of every name: <product>-<environment>."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*[a-z0-9]$", var.name)) && length(var.name) <= 21
    error_message = "name is at most 21 lower-case letters, digits and hyphens, starting with a letter."
  }
}

variable "domain" {
  description = "Host name of the application, in the zone."
  type        = string

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.domain))
    error_message = "domain is a host name in lower case."
  }
}

variable "zone_id" {
  description = "Public Route 53 zone of the domain."
  type        = string

  validation {
    condition     = can(regex("^Z[A-Z0-9]+$", var.zone_id))
    error_message = "zone_id begins with Z."
  }
}

variable "vpc_id" {
  description = "VPC of the target groups."
  type        = string
}

variable "public_subnet_ids" {
  description = "Subnets of the load balancer, in at least two zones."
  type        = list(string)

  validation {
    condition     = length(var.public_subnet_ids) >= 2
    error_message = "public_subnet_ids names at least two subnets."
  }
}

variable "private_subnet_ids" {
  description = "Subnets of the tasks, in at least two zones."
  type        = list(string)

  validation {
    condition     = length(var.private_subnet_ids) >= 2
    error_message = "private_subnet_ids names at least two subnets."
  }
}

variable "security_group_ids" {
  description = "Security groups of the tasks and of the load balancer."
  type        = object({ app = string, load_balancer = string })
}

variable "task_role" {
  description = "Role of the running application."
  type        = object({ name = string, arn = string })
}

variable "execution_role" {
  description = "Role with which ECS starts the application."
  type        = object({ name = string, arn = string })
}

variable "repository_url" {
  description = "Repository of the application's images."
  type        = string
}

variable "repository_arn" {
  description = "ARN of that repository."
  type        = string
}

variable "registry_key_arn" {
  description = "KMS key of that repository's images."
  type        = string
}

variable "image_digest" {
  description = "Image of the first release; later ones are the rollout's. By digest: a tag could be moved."
  type        = string

  validation {
    condition     = can(regex("^sha256:[0-9a-f]{64}$", var.image_digest))
    error_message = "image_digest has the form sha256:<64 hexadecimal digits>."
  }
}

variable "secret_arns" {
  description = "Secrets that the application gets, by the variable each arrives in."
  type        = map(string)
}

variable "secrets_key_arn" {
  description = "KMS key of the secrets."
  type        = string
}

variable "policy_arns" {
  description = "IAM policies of the running application: all there are, others are taken off its role."
  type        = list(string)
}

variable "environment" {
  description = "Environment of the application, without secrets."
  type        = map(string)

  validation {
    condition     = alltrue([for name in keys(var.environment) : can(regex("^[A-Z][A-Z0-9_]*$", name))])
    error_message = "names in environment are upper-case letters, digits and underscores."
  }

  validation {
    condition     = length(setintersection(keys(var.environment), keys(var.secret_arns))) == 0
    error_message = "a variable is either in environment or a secret."
  }
}

variable "logs_bucket" {
  description = "Bucket of the load balancer's access logs."
  type        = string
}

variable "port" {
  description = "Port that the application listens on."
  type        = number

  validation {
    condition     = var.port >= 1024 && var.port <= 65535
    error_message = "port is an unprivileged port."
  }
}

variable "health_path" {
  description = "Path that answers 200 while the application is well."
  type        = string

  validation {
    condition     = can(regex("^/[A-Za-z0-9/_-]*$", var.health_path))
    error_message = "health_path begins with a slash and has no query."
  }
}

variable "cpu" {
  description = "CPU units of a task; 1024 are one core."
  type        = number

  validation {
    condition     = contains([256, 512, 1024, 2048, 4096, 8192, 16384], var.cpu)
    error_message = "cpu is a size that Fargate offers: 256, 512, 1024, 2048, 4096, 8192 or 16384."
  }
}

variable "memory" {
  description = "Memory of a task in MiB."
  type        = number

  validation {
    condition     = var.memory >= 512 && var.memory >= 2 * var.cpu && var.memory <= 8 * var.cpu && (var.memory == 512 || var.memory % 1024 == 0)
    error_message = "memory is two to eight times cpu, in steps of 1024, as Fargate offers it."
  }
}

variable "tasks" {
  description = "Tasks of the live slot at the least."
  type        = number

  validation {
    condition     = var.tasks >= 1 && floor(var.tasks) == var.tasks
    error_message = "tasks is at least 1."
  }
}

variable "tasks_limit" {
  description = "Tasks of a slot at the most."
  type        = number

  validation {
    condition     = var.tasks_limit >= var.tasks && var.tasks_limit <= 100
    error_message = "tasks_limit is from tasks to 100."
  }
}

variable "rate_limit" {
  description = "Requests that one address may make in five minutes."
  type        = number

  validation {
    condition     = var.rate_limit >= 10 && var.rate_limit <= 2000000000
    error_message = "rate_limit is at least 10."
  }
}

variable "deletion_protection" {
  description = "Whether the load balancer refuses to be deleted."
  type        = bool
}

variable "log_days" {
  description = "Days that logs of the application and of its firewall are kept."
  type        = number

  validation {
    condition     = contains([30, 60, 90, 120, 150, 180, 365, 400, 545, 731], var.log_days)
    error_message = "log_days is a retention that CloudWatch offers, at least 30."
  }
}
