"""RDS."""

import copy
import hashlib

from moto.rds import models

KEPT = (
    "monitoring_interval",
    "monitoring_role_arn",
    "performance_insights_kms_key_id",
    "performance_insights_retention_period",
)

_init = models.DBInstance.__init__
_update = models.DBInstance.update


def install() -> None:
    models.DBInstance.__init__ = db_init
    models.DBInstance.update = db_update
    models.RDSBackend.create_db_instance_read_replica = create_read_replica
    models.DBParameterGroup.update_parameters = update_parameters


def keep(instance, arguments: dict) -> None:
    """Lacking: enhanced monitoring and performance insights are forgotten."""
    for name in KEPT:
        if arguments.get(name) is not None:
            setattr(instance, name, arguments[name])
    if arguments.get("enable_performance_insights") is not None:
        instance.performance_insights_enabled = arguments["enable_performance_insights"]


def resource_id(instance) -> str:
    """Lacking: every instance has the same resource id, by which the provider tells them apart."""
    return "db-" + hashlib.sha256(instance.db_instance_arn.encode()).hexdigest()[:26].upper()


def db_init(self, *positional, **arguments):
    _init(self, *positional, **arguments)
    keep(self, arguments)
    self.dbi_resource_id = resource_id(self)


def db_update(self, *positional, **arguments):
    _update(self, *positional, **arguments)
    keep(self, arguments)


def create_read_replica(self, arguments: dict):
    """Lacking: a replica shares the lists of its primary, and takes over what it must not."""
    primary = self.find_db_from_id(arguments["source_db_instance_identifier"])
    replica = copy.copy(primary)
    if hasattr(replica, "master_user_secret"):
        del replica.master_user_secret
    replica.manage_master_user_password = False
    replica.vpc_security_group_ids = list(primary.vpc_security_group_ids)
    replica.enabled_cloudwatch_logs_exports = []
    replica.tags = []
    replica.multi_az = False
    replica.deletion_protection = False
    replica.backup_retention_period = 0
    replica.max_allocated_storage = replica.allocated_storage

    arguments = dict(arguments)
    if "enable_cloudwatch_logs_exports" in arguments:
        arguments["enabled_cloudwatch_logs_exports"] = arguments.pop("enable_cloudwatch_logs_exports")
    if ":" in arguments["source_db_instance_identifier"] and primary.region == self.region_name:
        arguments["source_db_instance_identifier"] = primary.db_instance_identifier
    replica.update(**arguments)
    replica.set_as_replica()
    replica.dbi_resource_id = resource_id(replica)
    self.databases[arguments["db_instance_identifier"]] = replica
    primary.add_replica(replica)
    return replica


def update_parameters(self, parameters: list[dict]) -> None:
    """Lacking: a parameter that was set says so by `Source=user`."""
    for parameter in parameters:
        self.parameters[parameter["ParameterName"]].update({**parameter, "Source": "user", "IsModifiable": True})
