output "probe_targets" {
  description = "What opsctl verifies about this key."
  value = [
    {
      id     = "${var.purpose}-key"
      kind   = "aws.kms_key"
      key    = aws_kms_key.this.arn
      region = data.aws_region.this.name
      expect = { rotation = true, enabled = true }
    },
  ]
}
