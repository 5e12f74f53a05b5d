variable "name" {
  description = "Prefix of every name: <product>-<environment>."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*[a-z0-9]$", var.name)) && length(var.name) <= 21
    error_message = "name is at most 21 lower-case letters, digits and hyphens, starting with a letter."
  }
}

variable "subnet_ids" {
  description = "Data subnets, in at least two zones."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "subnet_ids names at least two subnets."
  }
}

variable "security_group_id" {
  description = "Security group of the nodes."
  type        = string
}

variable "engine_version" {
  description = "Redis version."
  type        = string

  validation {
    condition     = contains(["7.0", "7.1"], var.engine_version)
    error_message = "engine_version is 7.0 or 7.1."
  }
}

variable "node_type" {
  description = "Size of each node, for example cache.m7g.large."
  type        = string

  validation {
    condition     = can(regex("^cache\\.[a-z0-9-]+\\.[a-z0-9-]+$", var.node_type))
    error_message = "node_type has the form cache.<family>.<size>."
  }
}

variable "nodes" {
  description = "Nodes: one master and its replicas; two or more fail over by themselves."
  type        = number

  validation {
    condition     = var.nodes >= 1 && var.nodes <= 6 && floor(var.nodes) == var.nodes
    error_message = "nodes is from 1 to 6."
  }
}

variable "maxmemory_policy" {
  description = "What Redis does when memory is full."
  type        = string

  validation {
    condition = contains([
      "allkeys-lfu", "allkeys-lru", "allkeys-random", "noeviction",
      "volatile-lfu", "volatile-lru", "volatile-random", "volatile-ttl",
    ], var.maxmemory_policy)
    error_message = "maxmemory_policy is one of Redis' eight policies."
  }
}

variable "snapshot_days" {
  description = "Days that daily snapshots are kept."
  type        = number
  default     = 7

  validation {
    condition     = var.snapshot_days >= 1 && var.snapshot_days <= 35
    error_message = "snapshot_days is from 1 to 35."
  }
}
