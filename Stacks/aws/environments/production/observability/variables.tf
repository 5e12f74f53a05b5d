# opsctl:generated - edit environments/production.yaml, then: opsctl stack render --env production

variable "postgres" {
  description = "Output `postgres` of the layer data."
  type = object({
    identifiers = list(string)
  })
}

variable "redis" {
  description = "Output `redis` of the layer data."
  type = object({
    members = list(string)
  })
}

variable "service" {
  description = "Output `service` of the layer app."
  type = object({
    load_balancer_suffix  = string
    target_group_suffixes = map(string)
    log_group             = string
    cluster               = string
    services              = map(string)
  })
}
