# CloudWatch delivers the access logs to the bucket. CloudFront's older way needs a bucket with ACLs, and ours have none.
# The delivery lives in us-east-1 as CloudFront itself does; the bucket may be anywhere.

data "aws_partition" "this" {}

resource "aws_cloudwatch_log_delivery_source" "this" {
  provider = aws.global

  name         = "${var.name}-cdn"
  log_type     = "ACCESS_LOGS"
  resource_arn = aws_cloudfront_distribution.this.arn
}

resource "aws_cloudwatch_log_delivery_destination" "this" {
  provider = aws.global

  name          = "${var.name}-cdn"
  output_format = "json"

  delivery_destination_configuration {
    destination_resource_arn = "arn:${data.aws_partition.this.partition}:s3:::${split(".s3.", var.logs_bucket_domain)[0]}/cdn"
  }
}

# Without the query: a signed URL is as good as a password while it is valid.
resource "aws_cloudwatch_log_delivery" "this" {
  provider = aws.global

  delivery_source_name     = aws_cloudwatch_log_delivery_source.this.name
  delivery_destination_arn = aws_cloudwatch_log_delivery_destination.this.arn

  record_fields = [
    "date", "time", "x-edge-location", "c-ip", "cs-method", "cs(Host)", "cs-uri-stem", "sc-status", "sc-bytes",
    "time-taken", "x-edge-result-type", "x-edge-request-id", "ssl-protocol", "ssl-cipher", "cs(User-Agent)",
  ]

  s3_delivery_configuration = [{
    enable_hive_compatible_path = false
    suffix_path                 = "{DistributionId}/{yyyy}/{MM}/{dd}/{HH}"
  }]
}
