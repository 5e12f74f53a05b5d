variable "state_bucket" {
  description = "Name of the bucket that holds the state of every layer."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.state_bucket))
    error_message = "state_bucket is 3 to 63 lower-case letters, digits and hyphens."
  }
}
