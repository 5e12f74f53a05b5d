"""EC2."""

from moto.ec2.models.security_groups import SecurityGroupRule


def install() -> None:
    # Lacking: the description of a rule that names a group instead of a range.
    SecurityGroupRule.description = property(
        lambda self: self.ip_range.get("Description") or self.source_group.get("Description")
    )
