output "probe_targets" {
  description = "What opsctl verifies about the registry."
  value = concat(
    [
      {
        id         = "registry"
        kind       = "aws.ecr_repository"
        repository = aws_ecr_repository.this.name
        expect     = { immutable = true, scan_on_push = true, encryption = "KMS" }
      },
    ],
    module.key.probe_targets,
  )
}
