variable "name" {
  description = "Prefix of every name: <product>-<environment>."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*[a-z0-9]$", var.name)) && length(var.name) <= 21
    error_message = "name is at most 21 lower-case letters, digits and hyphens, starting with a letter."
  }
}

variable "cidr" {
  description = "IPv4 range of the VPC; cut into sixteen blocks: four public, four private, four data, four spare."
  type        = string

  validation {
    condition     = can(cidrsubnet(var.cidr, 4, 15)) && can(regex("/(1[6-9]|2[0-4])$", var.cidr))
    error_message = "cidr is an IPv4 range from /16 to /24."
  }
}

variable "availability_zones" {
  description = "Zones that get one public, one private and one data subnet each."
  type        = list(string)

  validation {
    condition     = length(var.availability_zones) >= 2 && length(var.availability_zones) <= 4
    error_message = "availability_zones names two to four zones."
  }

  validation {
    condition     = length(distinct(var.availability_zones)) == length(var.availability_zones)
    error_message = "availability_zones must not repeat."
  }
}

variable "nat" {
  description = "Outbound internet of the private subnets: none, single (one gateway for all zones), per_az."
  type        = string
  default     = "single"

  validation {
    condition     = contains(["none", "single", "per_az"], var.nat)
    error_message = "nat is none, single or per_az."
  }
}

variable "app_port" {
  description = "Port the application listens on behind the load balancer."
  type        = number
  default     = 8080

  validation {
    condition     = var.app_port >= 1024 && var.app_port <= 65535
    error_message = "app_port is an unprivileged port."
  }
}

variable "flow_log_days" {
  description = "Days that flow logs are kept."
  type        = number
  default     = 90

  validation {
    condition     = contains([30, 60, 90, 120, 150, 180, 365, 400, 545, 731], var.flow_log_days)
    error_message = "flow_log_days is a retention that CloudWatch offers, at least 30."
  }
}
