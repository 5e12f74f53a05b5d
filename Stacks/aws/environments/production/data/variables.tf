# opsctl:generated - edit environments/production.yaml, then: opsctl stack render --env production

variable "network" {
  description = "Output `network` of the layer network."
  type = object({
    data_subnet_ids    = list(string)
    security_group_ids = object({ postgres = string, redis = string })
  })
}
