variable "name" {
  description = "Prefix of the alias: <product>-<environment>."
  type        = string
}

variable "purpose" {
  description = "What the key protects; the second half of the alias."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*$", var.purpose))
    error_message = "purpose is lower-case letters, digits and hyphens."
  }
}

variable "log_group_prefix" {
  description = "CloudWatch log groups whose name starts with this may be encrypted with the key; null allows none."
  type        = string
  default     = null
}
