"""ElastiCache: parameter groups, user groups, changes of a replication group, and its members."""

import re

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, EmptyResult
from moto.elasticache.models import ElastiCacheBackend, ReplicationGroup
from moto.elasticache.responses import ElastiCacheResponse

TAGGED = "cluster|snapshot|subnetgroup|replicationgroup|user|usergroup|parametergroup"
GROUP_FIELDS = {
    "ReplicationGroupDescription": "description",
    "CacheNodeType": "cache_node_type",
    "EngineVersion": "engine_version",
    "CacheParameterGroupName": "cache_parameter_group_name",
    "SnapshotRetentionLimit": "snapshot_retention_limit",
    "SnapshotWindow": "snapshot_window",
    "PreferredMaintenanceWindow": "preferred_maintenance_window",
    "TransitEncryptionEnabled": "transit_encryption_enabled",
    "TransitEncryptionMode": "transit_encryption_mode",
    "AutoMinorVersionUpgrade": "auto_minor_version_upgrade",
}
SWITCHES = {"AutomaticFailoverEnabled": "automatic_failover", "MultiAZEnabled": "multi_az"}
USER_FIELDS = {"AccessString": "access_string", "NoPasswordRequired": "no_password_required"}

_backend_init = ElastiCacheBackend.__init__
_group_init = ReplicationGroup.__init__
_describe_clusters = ElastiCacheBackend.describe_cache_clusters


class NotFound(ServiceException):
    status_code = 404

    def __init__(self, code: str, name: str):
        super().__init__(f"{name} not found.")
        self.code = code


def install() -> None:
    ElastiCacheBackend.__init__ = backend_init
    ElastiCacheBackend.describe_cache_clusters = describe_cache_clusters
    ReplicationGroup.__init__ = group_init
    for action in (
        create_cache_parameter_group,
        describe_cache_parameter_groups,
        modify_cache_parameter_group,
        reset_cache_parameter_group,
        describe_cache_parameters,
        delete_cache_parameter_group,
        delete_cache_subnet_group,
        modify_replication_group,
        modify_user,
        create_user_group,
        describe_user_groups,
        modify_user_group,
        delete_user_group,
    ):
        setattr(ElastiCacheResponse, action.__name__, action)


def backend_init(self, *positional, **arguments):
    _backend_init(self, *positional, **arguments)
    self.arn_regex = re.compile(rf"^arn:aws:elasticache:.*:[0-9]*:({TAGGED}):.*$")
    self.shim_parameter_groups = {}
    self.shim_user_groups = {}


def arn(self, kind: str, name: str) -> str:
    return f"arn:aws:elasticache:{self.region}:{self.current_account}:{kind}:{name}"


# --- parameter groups: lacking altogether


def parameter_group(self) -> dict:
    name = self._get_param("CacheParameterGroupName")
    group = self.elasticache_backend.shim_parameter_groups.get(name)
    if group is None:
        raise NotFound("CacheParameterGroupNotFound", f"CacheParameterGroup {name}")
    return group


def create_cache_parameter_group(self):
    name = self._get_param("CacheParameterGroupName")
    group = {
        "CacheParameterGroupName": name,
        "CacheParameterGroupFamily": self._get_param("CacheParameterGroupFamily"),
        "Description": self._get_param("Description"),
        "IsGlobal": False,
        "ARN": arn(self, "parametergroup", name),
        "_parameters": {},
    }
    self.elasticache_backend.shim_parameter_groups[name] = group
    self.elasticache_backend.tagging_service.tag_resource(group["ARN"], self._get_param("Tags", []))
    return ActionResult({"CacheParameterGroup": group})


def describe_cache_parameter_groups(self):
    if self._get_param("CacheParameterGroupName"):
        return ActionResult({"CacheParameterGroups": [parameter_group(self)]})
    return ActionResult({"CacheParameterGroups": list(self.elasticache_backend.shim_parameter_groups.values())})


def modify_cache_parameter_group(self):
    group = parameter_group(self)
    for parameter in self._get_param("ParameterNameValues", []):
        group["_parameters"][parameter["ParameterName"]] = parameter["ParameterValue"]
    return ActionResult({"CacheParameterGroupName": group["CacheParameterGroupName"]})


def reset_cache_parameter_group(self):
    group = parameter_group(self)
    for parameter in self._get_param("ParameterNameValues", []):
        group["_parameters"].pop(parameter["ParameterName"], None)
    return ActionResult({"CacheParameterGroupName": group["CacheParameterGroupName"]})


def describe_cache_parameters(self):
    parameters = [
        {"ParameterName": name, "ParameterValue": value, "Source": "user", "IsModifiable": True}
        for name, value in parameter_group(self)["_parameters"].items()
    ]
    return ActionResult({"Parameters": parameters, "CacheNodeTypeSpecificParameters": []})


def delete_cache_parameter_group(self):
    self.elasticache_backend.shim_parameter_groups.pop(parameter_group(self)["CacheParameterGroupName"])
    return EmptyResult()


# --- subnet groups: lacking their deletion


def delete_cache_subnet_group(self):
    name = self._get_param("CacheSubnetGroupName")
    if name not in self.elasticache_backend.cache_subnet_groups:
        raise NotFound("CacheSubnetGroupNotFoundFault", f"CacheSubnetGroup {name}")
    del self.elasticache_backend.cache_subnet_groups[name]
    return EmptyResult()


# --- users and user groups: lacking changes of a user, and groups altogether


def modify_user(self):
    user = self.elasticache_backend.describe_users(self._get_param("UserId"))[0]
    for parameter, attribute in USER_FIELDS.items():
        if self._get_param(parameter) is not None:
            setattr(user, attribute, self._get_param(parameter))
    mode = self._get_param("AuthenticationMode") or {}
    if mode.get("Type"):
        user.authentication_type = mode["Type"]
        user.passwords = mode.get("Passwords", [])
    return ActionResult(user)


def user_group(self) -> dict:
    name = self._get_param("UserGroupId")
    group = self.elasticache_backend.shim_user_groups.get(name)
    if group is None:
        raise NotFound("UserGroupNotFound", f"UserGroup {name}")
    return group


def with_users(self, ids: list[str]) -> list[str]:
    for user_id in ids:
        self.elasticache_backend.describe_users(user_id)  # raises when there is none
    return ids


def create_user_group(self):
    name = self._get_param("UserGroupId")
    group = {
        "UserGroupId": name,
        "Status": "active",
        "Engine": (self._get_param("Engine") or "redis").lower(),
        "UserIds": with_users(self, list(self._get_param("UserIds", []))),
        "MinimumEngineVersion": "6.0",
        "ReplicationGroups": [],
        "ARN": arn(self, "usergroup", name),
    }
    self.elasticache_backend.shim_user_groups[name] = group
    self.elasticache_backend.tagging_service.tag_resource(group["ARN"], self._get_param("Tags", []))
    return ActionResult(group)


def describe_user_groups(self):
    if self._get_param("UserGroupId"):
        return ActionResult({"UserGroups": [user_group(self)]})
    return ActionResult({"UserGroups": list(self.elasticache_backend.shim_user_groups.values())})


def modify_user_group(self):
    group = user_group(self)
    removed = set(self._get_param("UserIdsToRemove", []))
    added = with_users(self, list(self._get_param("UserIdsToAdd", [])))
    group["UserIds"] = [user for user in group["UserIds"] if user not in removed] + added
    return ActionResult(group)


def delete_user_group(self):
    group = self.elasticache_backend.shim_user_groups.pop(user_group(self)["UserGroupId"])
    return ActionResult({**group, "Status": "deleting"})


# --- replication groups: lacking changes, all members but one, and members as cache clusters


def group_init(self, *positional, **arguments):
    nodes = arguments.get("num_cache_clusters")
    if nodes and not arguments.get("num_node_groups") and not arguments.get("replicas_per_node_group"):
        arguments["replicas_per_node_group"] = nodes - 1
    _group_init(self, *positional, **arguments)


def modify_replication_group(self):
    group = self.elasticache_backend.describe_replication_groups(self._get_param("ReplicationGroupId"))[0]
    for parameter, attribute in GROUP_FIELDS.items():
        if self._get_param(parameter) is not None:
            setattr(group, attribute, self._get_param(parameter))
    for parameter, attribute in SWITCHES.items():
        if self._get_param(parameter) is not None:
            setattr(group, attribute, "enabled" if self._get_bool_param(parameter) else "disabled")
    removed = set(self._get_param("UserGroupIdsToRemove", []))
    group.user_group_ids = [name for name in group.user_group_ids if name not in removed]
    group.user_group_ids += self._get_param("UserGroupIdsToAdd", [])
    return ActionResult({"ReplicationGroup": group})


def describe_cache_clusters(self, cache_cluster_id=None):
    members = {member: group for group in self.replication_groups.values() for member in group.member_clusters}
    if cache_cluster_id in members:
        return [member_cluster(members[cache_cluster_id], cache_cluster_id)]
    return _describe_clusters(self, cache_cluster_id)


def member_cluster(group, name: str) -> dict:
    version = group.engine_version or "7.1"
    return {
        "CacheClusterId": name,
        "CacheNodeType": group.cache_node_type,
        "Engine": group.engine,
        "EngineVersion": version + (".0" if version.count(".") == 1 else ""),
        "CacheClusterStatus": "available",
        "NumCacheNodes": 1,
        "CacheNodes": [{"CacheNodeId": "0001", "CacheNodeStatus": "available"}],
        "CacheSubnetGroupName": group.cache_subnet_group_name,
        "CacheParameterGroup": {
            "CacheParameterGroupName": group.cache_parameter_group_name,
            "ParameterApplyStatus": "in-sync",
        },
        "SecurityGroups": [
            {"SecurityGroupId": identifier, "Status": "active"} for identifier in group.security_group_ids or []
        ],
        "ReplicationGroupId": group.replication_group_id,
        "SnapshotRetentionLimit": group.snapshot_retention_limit,
        "SnapshotWindow": group.snapshot_window,
        "PreferredMaintenanceWindow": group.preferred_maintenance_window or "sun:05:00-sun:06:00",
        "AutoMinorVersionUpgrade": True,
        "TransitEncryptionEnabled": group.transit_encryption_enabled,
        "TransitEncryptionMode": group.transit_encryption_mode,
        "AtRestEncryptionEnabled": group.at_rest_encryption_enabled,
        "ARN": group.arn.replace(f"replicationgroup:{group.replication_group_id}", f"cluster:{name}"),
    }
