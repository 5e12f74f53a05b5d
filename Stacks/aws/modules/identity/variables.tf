variable "name" {
  description = "Prefix of every name: <product>-<environment>."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*[a-z0-9]$", var.name)) && length(var.name) <= 21
    error_message = "name is at most 21 lower-case letters, digits and hyphens, starting with a letter."
  }
}

variable "environment" {
  description = "Name of the environment, which is also the GitHub environment that may apply and deploy."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*$", var.environment))
    error_message = "environment is lower-case letters, digits and hyphens."
  }
}

variable "state_bucket" {
  description = "Bucket of the states; those of this environment lie below <environment>/."
  type        = string
}

variable "ci" {
  description = "GitHub repository whose jobs may plan, apply and deploy; null makes no role for CI. One environment of the account owns the OIDC provider."
  type = object({
    repository    = string
    branch        = string
    owns_provider = bool
    # How GitHub begins the subject of this repository's tokens, when it is not `repo:<repository>`: the subjects of newer
    # repositories carry the ids of owner and repository.
    subject = optional(string)
  })
  default = null

  validation {
    condition     = var.ci == null || can(regex("^[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+$", var.ci.repository))
    error_message = "ci.repository has the form owner/name, without a wildcard."
  }

  validation {
    condition     = var.ci == null || can(regex("^[A-Za-z0-9._/-]+$", var.ci.branch))
    error_message = "ci.branch is the name of one branch, without a wildcard."
  }

  validation {
    condition     = try(var.ci.subject, null) == null || can(regex("^repo:[A-Za-z0-9@._-]+/[A-Za-z0-9@._-]+$", var.ci.subject))
    error_message = "ci.subject has the form repo:owner/name, with or without ids and without a wildcard."
  }
}
