variable "name" {
  description = "Prefix of every name: <product>-<environment>."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*[a-z0-9]$", var.name)) && length(var.name) <= 21
    error_message = "name is at most 21 lower-case letters, digits and hyphens, starting with a letter."
  }
}

variable "secrets" {
  description = "Secrets of the application: their name in the store, the variable they arrive in, and where the value comes from."
  type = list(object({
    name     = string
    variable = string
    source   = string
  }))

  validation {
    condition     = alltrue([for secret in var.secrets : can(regex("^[a-z][a-z0-9-]*$", secret.name))])
    error_message = "the name of a secret is lower-case letters, digits and hyphens."
  }

  validation {
    condition     = alltrue([for secret in var.secrets : can(regex("^[A-Z][A-Z0-9_]*$", secret.variable))])
    error_message = "the variable of a secret is upper-case letters, digits and underscores."
  }

  validation {
    condition     = alltrue([for secret in var.secrets : contains(["generated", "supplied"], secret.source)])
    error_message = "the source of a secret is generated or supplied."
  }

  validation {
    condition = alltrue([
      length(distinct(var.secrets[*].name)) == length(var.secrets),
      length(distinct(var.secrets[*].variable)) == length(var.secrets),
    ])
    error_message = "no two secrets share a name or a variable."
  }
}
