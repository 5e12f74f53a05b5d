# opsctl:generated - edit environments/production.yaml, then: opsctl stack render --env production

variable "storage" {
  description = "Output `storage` of the layer storage."
  type = object({
    bucket             = string
    domain             = string
    logs_bucket_domain = string
  })
}
