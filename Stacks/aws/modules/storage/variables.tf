variable "name" {
  description = "Prefix of every name: <product>-<environment>."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*[a-z0-9]$", var.name)) && length(var.name) <= 21
    error_message = "name is at most 21 lower-case letters, digits and hyphens, starting with a letter."
  }
}

variable "retention_days" {
  description = "Days that no version of an object can be removed (object lock, governance mode); 0 sets no lock."
  type        = number
  default     = 0

  validation {
    condition     = var.retention_days >= 0 && var.retention_days <= 3650
    error_message = "retention_days is from 0 to 3650."
  }
}

variable "noncurrent_days" {
  description = "Days that replaced and deleted versions are kept."
  type        = number

  validation {
    condition     = var.noncurrent_days >= 1 && var.noncurrent_days >= var.retention_days && var.noncurrent_days <= 3650
    error_message = "noncurrent_days is from 1 to 3650, and at least retention_days."
  }
}

variable "abort_multipart_days" {
  description = "Days after which the parts of an unfinished upload are removed."
  type        = number

  validation {
    condition     = var.abort_multipart_days >= 1 && var.abort_multipart_days <= 30
    error_message = "abort_multipart_days is from 1 to 30."
  }
}

variable "expirations" {
  description = "Prefixes whose objects expire, and after how many days."
  type        = list(object({ prefix = string, days = number }))
  default     = []

  validation {
    condition     = alltrue([for rule in var.expirations : rule.prefix != "" && rule.days >= 1 && rule.days <= 3650])
    error_message = "each expiration has a prefix, which is not empty, and 1 to 3650 days."
  }
}

variable "cors_origins" {
  description = "Origins of web pages that may upload and download by presigned URL; none turns CORS off."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for origin in var.cors_origins : can(regex("^https://[a-z0-9.-]+(:[0-9]+)?$", origin))])
    error_message = "cors_origins are https origins without a path or a wildcard."
  }
}

variable "access_log_days" {
  description = "Days that access logs are kept."
  type        = number

  validation {
    condition     = var.access_log_days >= 30 && var.access_log_days <= 3650
    error_message = "access_log_days is from 30 to 3650."
  }
}

variable "is_replicated" {
  description = "Whether objects are copied to the region of the provider aws.replica."
  type        = bool
  default     = false
}

variable "is_served_by_cdn" {
  description = "Whether CloudFront distributions of this account may read below app_prefix, and log here."
  type        = bool
  default     = false
}

variable "is_load_balancer_logged" {
  description = "Whether load balancers of this account write their access logs to the bucket of logs."
  type        = bool
  default     = false
}

variable "app_prefix" {
  description = "Prefix below which the application reads and writes."
  type        = string
  default     = "jobs/"
}

variable "canary_prefix" {
  description = "Prefix below which probes write and remove their canary."
  type        = string
  default     = "opsctl-canary/"
}
