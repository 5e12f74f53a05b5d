"""ECS."""

from moto.ecs.responses import EC2ContainerServiceResponse as Response

FIELDS = {
    "healthCheckGracePeriodSeconds": "health_check_grace_period_seconds",
    "availabilityZoneRebalancing": "availability_zone_rebalancing",
    "deploymentConfiguration": "deployment_configuration",
    "enableECSManagedTags": "enable_ecs_managed_tags",
    "enableExecuteCommand": "enable_execute_command",
    "networkConfiguration": "network_configuration",
}

_create = Response.create_service
_update = Response.update_service


def install() -> None:
    Response.create_service = create_service
    Response.update_service = update_service


def keep(self, answer):
    """Lacking: some fields of a service are forgotten."""
    service = answer.result["service"]
    for parameter, attribute in FIELDS.items():
        value = self._get_param(parameter)
        if value is not None:
            setattr(service, attribute, value)
    if not hasattr(service, "availability_zone_rebalancing"):
        service.availability_zone_rebalancing = "DISABLED"
    return answer


def create_service(self):
    return keep(self, _create(self))


def update_service(self):
    return keep(self, _update(self))
