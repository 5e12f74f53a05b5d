"""EC2."""

from moto.ec2.models.flow_logs import FlowLogs
from moto.ec2.models.security_groups import SecurityGroupRule


def install() -> None:
    # Lacking: the description of a rule that names a group instead of a range.
    SecurityGroupRule.description = property(
        lambda self: self.ip_range.get("Description") or self.source_group.get("Description")
    )
    # Lacking: the group of a flow log is looked for by its name, never by its ARN: deliveries to one by ARN seem to fail.
    FlowLogs.deliver_logs_status = property(lambda self: "SUCCESS", lambda self, status: None)
