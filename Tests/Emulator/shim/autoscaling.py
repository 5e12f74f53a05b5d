"""Application auto scaling: tags, which moto lacks and the provider always asks for."""

import json

from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse as Response

_register = Response.register_scalable_target


def install() -> None:
    for patch in (register_scalable_target, list_tags_for_resource, tag_resource, untag_resource):
        setattr(Response, patch.__name__, patch)


def tags_of(self, arn: str) -> dict:
    backend = self.applicationautoscaling_backend
    if not hasattr(backend, "shim_tags"):
        backend.shim_tags = {}
    return backend.shim_tags.setdefault(arn, {})


def register_scalable_target(self):
    answer = _register(self)
    tags_of(self, json.loads(answer)["ScalableTargetARN"]).update(self._get_param("Tags") or {})
    return answer


def list_tags_for_resource(self):
    return json.dumps({"Tags": tags_of(self, self._get_param("ResourceARN"))})


def tag_resource(self):
    tags_of(self, self._get_param("ResourceARN")).update(self._get_param("Tags") or {})
    return "{}"


def untag_resource(self):
    for key in self._get_param("TagKeys"):
        tags_of(self, self._get_param("ResourceARN")).pop(key, None)
    return "{}"
