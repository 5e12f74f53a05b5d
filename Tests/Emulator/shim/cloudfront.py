"""CloudFront: policies, distributions as they were put, and changes of key groups."""

import copy

from moto.cloudfront import models, urls
from moto.cloudfront.responses import CloudFrontResponse as Response
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import utcnow
from moto.moto_api._internal import mock_random

API = "{0}/2020-05-31"
POLICIES = {
    "CachePolicy": "cache_policy",
    "OriginRequestPolicy": "origin_request_policy",
    "ResponseHeadersPolicy": "response_headers_policy",
}

_distribution_init = models.Distribution.__init__
_create_key_group = Response.create_key_group
_create_public_key = Response.create_public_key
_update_distribution = models.CloudFrontBackend.update_distribution


class NotFound(ServiceException):
    status_code = 404

    def __init__(self, code: str, name: str):
        super().__init__(f"{name} not found.")
        self.code = code


def install() -> None:
    for kind, snake in POLICIES.items():
        add_policy(kind, snake)
    models.Distribution.__init__ = distribution_init
    models.CloudFrontBackend.update_distribution = update_distribution
    models.KeyGroup.key_group_config = property(key_group_config)
    for action in (
        get_distribution,
        get_distribution_config,
        create_public_key,
        create_key_group,
        update_key_group,
        delete_key_group,
    ):
        setattr(Response, action.__name__, action)


# --- policies: lacking altogether


def policies(self, kind: str) -> dict:
    if not hasattr(self.backend, "shim_policies"):
        self.backend.shim_policies = {}
    return self.backend.shim_policies.setdefault(kind, {})


def policy(self, kind: str) -> dict:
    identifier = self._get_param("Id")
    found = policies(self, kind).get(identifier)
    if found is None:
        raise NotFound(f"NoSuch{kind}", identifier)
    return found


def add_policy(kind: str, snake: str) -> None:
    config = f"{kind}Config"

    def answer(entry):
        body = {"Id": entry["id"], "LastModifiedTime": entry["time"], config: entry["config"]}
        return {kind: body, "ETag": entry["etag"]}

    def create(self):
        entry = {
            "id": str(mock_random.uuid4()),
            "config": self._get_param(config),
            "etag": "E" + mock_random.get_random_hex(12).upper(),
            "time": utcnow(),
        }
        policies(self, kind)[entry["id"]] = entry
        return ActionResult({**answer(entry), "Location": ""})

    def get(self):
        return ActionResult(answer(policy(self, kind)))

    def get_config(self):
        entry = policy(self, kind)
        return ActionResult({config: entry["config"], "ETag": entry["etag"]})

    def update(self):
        entry = policy(self, kind)
        entry["config"] = self._get_param(config)
        return ActionResult(answer(entry))

    def delete(self):
        del policies(self, kind)[policy(self, kind)["id"]]
        return EmptyResult()

    actions = {
        f"create_{snake}": create,
        f"get_{snake}": get,
        f"get_{snake}_config": get_config,
        f"update_{snake}": update,
        f"delete_{snake}": delete,
    }
    for name, action in actions.items():
        setattr(Response, name, action)
    path = snake.replace("_", "-")
    for tail in ("$", "/(?P<policy_id>[^/]+)$", "/(?P<policy_id>[^/]+)/config$"):
        urls.url_paths[f"{API}/{path}{tail}"] = Response.dispatch


# --- distributions: lacking much of the configuration, and the `::` of their ARN


def distribution_init(self, account_id, region_name, config):
    self.shim_config = copy.deepcopy(config)
    _distribution_init(self, account_id, region_name, config)
    self.arn = f"arn:aws:cloudfront::{account_id}:distribution/{self.distribution_id}"


def update_distribution(self, dist_config, _id, if_match):
    config = copy.deepcopy(dist_config)
    answer = _update_distribution(self, dist_config, _id, if_match)
    self.distributions[_id].shim_config = config
    return answer


def distribution_config(distribution) -> dict:
    """AWS always answers OriginGroups and OriginShield; the provider crashes without the first."""
    config = distribution.shim_config
    config.setdefault("OriginGroups", {"Quantity": 0})
    for origin in config.get("Origins", {}).get("Items", []):
        origin.setdefault("OriginShield", {"Enabled": False})
    return config


def get_distribution(self):
    distribution, etag = self.backend.get_distribution(self._get_param("Id"))
    distribution.advance()
    nobody = {"Enabled": False, "Quantity": 0, "Items": []}
    body = {
        "Id": distribution.distribution_id,
        "ARN": distribution.arn,
        "Status": distribution.status,
        "LastModifiedTime": distribution.last_modified_time,
        "InProgressInvalidationBatches": 0,
        "DomainName": distribution.domain_name,
        "ActiveTrustedSigners": nobody,
        "ActiveTrustedKeyGroups": nobody,
        "DistributionConfig": distribution_config(distribution),
        "AliasICPRecordals": [],
    }
    return ActionResult({"Distribution": body, "ETag": etag})


def get_distribution_config(self):
    distribution, etag = self.backend.get_distribution(self._get_param("Id"))
    return ActionResult({"DistributionConfig": distribution_config(distribution), "ETag": etag})


# --- public keys and key groups: lacking comments, and changes and deletion of groups


def create_public_key(self):
    answer = _create_public_key(self)
    answer.result["PublicKey"].comment = self._get_param("PublicKeyConfig.Comment", "")
    return answer


def create_key_group(self):
    answer = _create_key_group(self)
    answer.result["KeyGroup"].comment = self._get_param("KeyGroupConfig.Comment", "")
    return answer


def key_group_config(group) -> dict:
    return {"Items": group.items, "Name": group.name, "Comment": getattr(group, "comment", "")}


def key_group(self):
    identifier = self._get_param("Id")
    if identifier not in self.backend.key_groups:
        raise NotFound("NoSuchResource", identifier)
    return self.backend.key_groups[identifier]


def update_key_group(self):
    group = key_group(self)
    group.name = self._get_param("KeyGroupConfig.Name")
    group.items = self._get_param("KeyGroupConfig.Items", [])
    group.comment = self._get_param("KeyGroupConfig.Comment", "")
    return ActionResult({"KeyGroup": group, "ETag": group.etag})


def delete_key_group(self):
    del self.backend.key_groups[key_group(self).id]
    return EmptyResult()
