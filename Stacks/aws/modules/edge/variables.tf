variable "name" {
  description = "Prefix of every name: <product>-<environment>."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*[a-z0-9]$", var.name)) && length(var.name) <= 21
    error_message = "name is at most 21 lower-case letters, digits and hyphens, starting with a letter."
  }
}

variable "bucket" {
  description = "Bucket of the files."
  type        = string
}

variable "bucket_domain" {
  description = "Host name of that bucket in its region."
  type        = string
}

variable "logs_bucket_domain" {
  description = "Host name, in its region, of the bucket that access logs go to."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9-]+\\.s3\\.", var.logs_bucket_domain))
    error_message = "logs_bucket_domain has the form <bucket>.s3.<region>.amazonaws.com."
  }
}

variable "domain" {
  description = "Host name of the downloads, in the zone."
  type        = string

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.domain))
    error_message = "domain is a host name in lower case."
  }
}

variable "zone_id" {
  description = "Public Route 53 zone of the domain."
  type        = string

  validation {
    condition     = can(regex("^Z[A-Z0-9]+$", var.zone_id))
    error_message = "zone_id begins with Z."
  }
}

variable "rate_limit" {
  description = "Requests that one address may make in five minutes."
  type        = number

  validation {
    condition     = var.rate_limit >= 10 && var.rate_limit <= 2000000000
    error_message = "rate_limit is at least 10."
  }
}

variable "ttl_seconds" {
  description = "Seconds that a file stays in the cache; files never change under one name."
  type        = number

  validation {
    condition     = var.ttl_seconds >= 0 && var.ttl_seconds <= 31536000
    error_message = "ttl_seconds is from 0 to a year."
  }
}

variable "signing_keys" {
  description = "RSA public keys whose owners may sign URLs. Two at a time while one replaces the other."
  type        = list(object({ name = string, public_key = string }))

  validation {
    condition     = length(var.signing_keys) >= 1 && length(var.signing_keys) <= 5
    error_message = "signing_keys names one to five keys: without any, files would be open to everybody."
  }

  validation {
    condition     = length(distinct(var.signing_keys[*].name)) == length(var.signing_keys)
    error_message = "no two signing_keys share a name."
  }

  validation {
    condition     = alltrue([for key in var.signing_keys : startswith(key.public_key, "-----BEGIN PUBLIC KEY-----")])
    error_message = "public_key is a public key in PEM; a private one never belongs here."
  }
}

variable "price_class" {
  description = "Where the CDN has caches: PriceClass_100, PriceClass_200 or PriceClass_All."
  type        = string

  validation {
    condition     = contains(["PriceClass_100", "PriceClass_200", "PriceClass_All"], var.price_class)
    error_message = "price_class is PriceClass_100, PriceClass_200 or PriceClass_All."
  }
}
