"""S3."""

import copy
import json

from moto.core.responses import ActionResult
from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.s3.exceptions import ReplicationConfigurationNotFoundError
from moto.s3.models import FakeBucket
from moto.s3.responses import S3Response


def install() -> None:
    S3Response.get_bucket_replication = get_bucket_replication
    FakeBucket.get_permission = get_permission


def get_permission(self, action: str, resource: str):
    """Lacking: conditions are ignored, so `Deny` without TLS denies everything. Here such statements do not apply."""
    if self.policy is None:
        return PermissionResult.NEUTRAL
    policy = json.loads(self.policy)
    statements = policy["Statement"] if isinstance(policy["Statement"], list) else [policy["Statement"]]
    policy["Statement"] = [statement for statement in statements if not statement.get("Condition")]
    return IAMPolicy(json.dumps(policy)).is_action_permitted(action, resource)


def get_bucket_replication(self):
    """Lacking: delete markers and source selection of a replication rule do not come back."""
    self.data["Action"] = "GetBucketReplication"
    replication = self.backend.get_bucket_replication(self.bucket_name)
    if not replication:
        raise ReplicationConfigurationNotFoundError(bucket_name=self.bucket_name)
    rules = replication["Rule"] if isinstance(replication["Rule"], list) else [replication["Rule"]]
    answer = {"Role": replication["Role"], "Rules": [replication_rule(rule) for rule in rules]}
    return self.serialized(ActionResult({"ReplicationConfiguration": answer}))


def replication_rule(stored: dict) -> dict:
    rule = copy.deepcopy(stored)
    rule["Priority"] = int(rule.get("Priority", 0))
    rule["Filter"] = rule.get("Filter") or {"Prefix": ""}
    return rule
