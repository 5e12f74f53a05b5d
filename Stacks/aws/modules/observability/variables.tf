variable "name" {
  description = "Prefix of every name: <product>-<environment>."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*[a-z0-9]$", var.name)) && length(var.name) <= 21
    error_message = "name is at most 21 lower-case letters, digits and hyphens, starting with a letter."
  }
}

variable "load_balancer_suffix" {
  description = "Name of the load balancer in metrics."
  type        = string
}

variable "target_group_suffixes" {
  description = "Name of each slot's target group in metrics."
  type        = map(string)

  validation {
    condition     = length(var.target_group_suffixes) > 0
    error_message = "target_group_suffixes names at least one slot."
  }
}

variable "log_group" {
  description = "Log group of the application: JSON lines with a field `level`."
  type        = string
}

variable "cluster" {
  description = "ECS cluster of the application."
  type        = string
}

variable "services" {
  description = "ECS service of each slot."
  type        = map(string)
}

variable "postgres_identifiers" {
  description = "PostgreSQL servers, the primary first."
  type        = list(string)
}

variable "redis_members" {
  description = "Redis nodes."
  type        = list(string)
}

variable "latency_p99_ms" {
  description = "Objective: 99 of 100 requests are answered within this time."
  type        = number

  validation {
    condition     = var.latency_p99_ms >= 10 && var.latency_p99_ms <= 60000
    error_message = "latency_p99_ms is from 10 to 60000."
  }
}

variable "error_rate_percent" {
  description = "Objective: at most this share of requests fails; the error budget."
  type        = number

  validation {
    condition     = var.error_rate_percent > 0 && var.error_rate_percent <= 5
    error_message = "error_rate_percent is above 0 and at most 5: burning 14.4 times more could not be measured."
  }
}

variable "alert_emails" {
  description = "Who is told; each confirms by a link in a first mail."
  type        = list(string)

  validation {
    condition     = alltrue([for address in var.alert_emails : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", address))])
    error_message = "alert_emails are mail addresses."
  }

  validation {
    condition     = length(var.alert_emails) > 0
    error_message = "alert_emails names somebody: an alarm that nobody gets is none."
  }
}
