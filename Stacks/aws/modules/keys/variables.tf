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

variable "log_group_prefixes" {
  description = "CloudWatch log groups whose name starts with one of these may be encrypted with the key."
  type        = list(string)
  default     = []
}

variable "service_grants" {
  description = "AWS services that use the key by themselves, each bound to a source in this account."
  type = list(object({
    sid     = string
    service = string
    actions = list(string)
    source  = object({ test = string, variable = string, values = list(string) })
  }))
  default = []

  validation {
    condition = alltrue([
      for grant in var.service_grants :
      contains(["aws:SourceAccount", "aws:SourceArn"], grant.source.variable) && length(grant.source.values) > 0
    ])
    error_message = "each grant is bound by aws:SourceAccount or aws:SourceArn: a service also works for other accounts."
  }
}
