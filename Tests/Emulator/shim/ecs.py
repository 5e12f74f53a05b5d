"""ECS."""

from moto.ecs.models import EC2ContainerServiceBackend as Backend
from moto.ecs.responses import EC2ContainerServiceResponse as Response

FIELDS = {
    "healthCheckGracePeriodSeconds": "health_check_grace_period_seconds",
    "availabilityZoneRebalancing": "availability_zone_rebalancing",
    "deploymentConfiguration": "deployment_configuration",
    "enableECSManagedTags": "enable_ecs_managed_tags",
    "enableExecuteCommand": "enable_execute_command",
    "networkConfiguration": "network_configuration",
}

_create_task_set = Backend.create_task_set
_create = Response.create_service
_update = Response.update_service


def install() -> None:
    Response.create_service = create_service
    Response.update_service = update_service
    Backend.create_task_set = create_task_set


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


def create_task_set(self, *arguments, **named):
    """Lacking: the tasks of a set say that it has started them, and the set how many run."""
    task_set = _create_task_set(self, *arguments, **named)
    for tasks in self.tasks.values():
        for task in tasks.values():
            if task.started_by == self.account_id:
                task.started_by = task_set.id
                task_set.runningCount = getattr(task_set, "runningCount", 0) + 1
    return task_set
