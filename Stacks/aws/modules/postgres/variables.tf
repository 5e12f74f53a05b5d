variable "name" {
  description = "Prefix of every name: <product>-<environment>."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*[a-z0-9]$", var.name)) && length(var.name) <= 21
    error_message = "name is at most 21 lower-case letters, digits and hyphens, starting with a letter."
  }
}

variable "subnet_ids" {
  description = "Data subnets, in at least two zones."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "subnet_ids names at least two subnets."
  }
}

variable "security_group_id" {
  description = "Security group of the servers."
  type        = string
}

variable "major_version" {
  description = "PostgreSQL major version; minor versions follow in the maintenance window."
  type        = string

  validation {
    condition     = contains(["15", "16", "17"], var.major_version)
    error_message = "major_version is 15, 16 or 17."
  }
}

variable "instance_class" {
  description = "Size of the primary and of its replicas, for example db.m7g.large."
  type        = string

  validation {
    condition     = can(regex("^db\\.[a-z0-9-]+\\.[a-z0-9-]+$", var.instance_class))
    error_message = "instance_class has the form db.<family>.<size>."
  }
}

variable "storage_gb" {
  description = "Storage at first; it grows by itself up to storage_limit_gb."
  type        = number

  validation {
    condition     = var.storage_gb >= 20 && var.storage_gb <= 65536
    error_message = "storage_gb is from 20 to 65536."
  }
}

variable "storage_limit_gb" {
  description = "Largest size that storage may grow to."
  type        = number

  validation {
    condition     = var.storage_limit_gb >= var.storage_gb && var.storage_limit_gb <= 65536
    error_message = "storage_limit_gb is at least storage_gb and at most 65536."
  }
}

variable "multi_az" {
  description = "Whether a standby in a second zone takes over when the primary fails."
  type        = bool
}

variable "backup_days" {
  description = "Days back to which point-in-time recovery reaches."
  type        = number

  validation {
    condition     = var.backup_days >= 1 && var.backup_days <= 35
    error_message = "backup_days is from 1 to 35; 0 would turn point-in-time recovery off."
  }
}

variable "replicas" {
  description = "Read replicas."
  type        = number

  validation {
    condition     = var.replicas >= 0 && var.replicas <= 5 && floor(var.replicas) == var.replicas
    error_message = "replicas is from 0 to 5."
  }
}

variable "deletion_protection" {
  description = "Whether the servers refuse to be deleted."
  type        = bool
}

variable "database" {
  description = "Database that the application uses."
  type        = string
  default     = "app"
}

variable "app_role" {
  description = "Database role that the application logs in as, by IAM."
  type        = string
  default     = "app"
}
