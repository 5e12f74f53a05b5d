variable "name" {
  description = "Prefix of every name: <product>-<environment>."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*[a-z0-9]$", var.name)) && length(var.name) <= 21
    error_message = "name is at most 21 lower-case letters, digits and hyphens, starting with a letter."
  }
}
