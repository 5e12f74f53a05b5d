# opsctl:generated - edit environments/production.yaml, then: opsctl stack render --env production

variable "identity" {
  description = "Output `identity` of the layer identity."
  type = object({
    task_role      = object({ name = string, arn = string })
    execution_role = object({ name = string, arn = string })
  })
}

variable "network" {
  description = "Output `network` of the layer network."
  type = object({
    vpc_id             = string
    public_subnet_ids  = list(string)
    private_subnet_ids = list(string)
    security_group_ids = object({ app = string, load_balancer = string })
  })
}

variable "postgres" {
  description = "Output `postgres` of the layer data."
  type = object({
    endpoint           = object({ host = string, port = number })
    database           = string
    connect_policy_arn = string
  })
}

variable "redis" {
  description = "Output `redis` of the layer data."
  type = object({
    endpoint           = object({ host = string, port = number })
    user               = string
    connect_policy_arn = string
  })
}

variable "registry" {
  description = "Output `registry` of the layer supply."
  type = object({
    repository_url = string
    repository_arn = string
    key_arn        = string
  })
}

variable "secrets" {
  description = "Output `secrets` of the layer supply."
  type = object({
    arns    = map(string)
    key_arn = string
  })
}

variable "storage" {
  description = "Output `storage` of the layer storage."
  type = object({
    bucket         = string
    domain         = string
    logs_bucket    = string
    app_policy_arn = string
  })
}
