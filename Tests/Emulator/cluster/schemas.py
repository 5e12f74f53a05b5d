"""Checks of objects: the published OpenAPI schemas (PyPI kubernetes-validate), and the Gateway API's HTTPRoute by hand."""

import kubernetes_validate

VERSION = "1.32"

# Gateway API v1, standard channel: apis/v1/httproute_types.go. Field: type, or a tuple of the fields of an object.
PARENT = {"group": str, "kind": str, "namespace": str, "name": str, "sectionName": str, "port": int}
MATCH = {"path": dict, "headers": list, "queryParams": list, "method": str}
BACKEND = {"group": str, "kind": str, "name": str, "namespace": str, "port": int, "weight": int, "filters": list}
RULE = {"name": str, "matches": list, "filters": list, "backendRefs": list, "timeouts": dict}
SPEC = {"parentRefs": list, "hostnames": list, "rules": list}


class Invalid(Exception):
    """`status` is 400 for unknown fields, as with fieldValidation=Strict, else 422."""

    def __init__(self, message, status=422):
        super().__init__(message)
        self.status = status


def check(document):
    if document.get("kind") == "HTTPRoute":
        return check_route(document)
    try:
        kubernetes_validate.validate(document, VERSION, strict=True)
    except kubernetes_validate.ValidationError as error:
        is_unknown = "Additional properties" in error.message
        raise Invalid(f"{'/'.join(map(str, error.path))}: {error.message[:200]}", 400 if is_unknown else 422) from None


def fields(value, known, place):
    if not isinstance(value, dict):
        raise Invalid(f"{place}: expected an object")
    for name, content in value.items():
        if name not in known:
            raise Invalid(f'strict decoding error: unknown field "{place}.{name}"', 400)
        if not isinstance(content, known[name]) or isinstance(content, bool):
            raise Invalid(f"{place}.{name}: expected {known[name].__name__}")


def check_route(document):
    metadata = {"annotations": dict, "labels": dict, "name": str, "namespace": str, "resourceVersion": str, "uid": str}
    metadata |= {"generation": int, "creationTimestamp": str, "managedFields": list}
    fields(document, {"apiVersion": str, "kind": str, "metadata": dict, "spec": dict, "status": dict}, "")
    fields(document["metadata"], metadata, "metadata")
    for name, value in document["metadata"].get("annotations", {}).items():
        if not isinstance(value, str):
            raise Invalid(f"metadata.annotations.{name}: expected a string")
    fields(document["spec"], SPEC, "spec")
    for index, parent in enumerate(document["spec"].get("parentRefs", [])):
        fields(parent, PARENT, f"spec.parentRefs[{index}]")
    rules = document["spec"].get("rules", [])
    if not 1 <= len(rules) <= 16:
        raise Invalid("spec.rules: from 1 to 16")
    for index, rule in enumerate(rules):
        check_rule(rule, f"spec.rules[{index}]")


def check_rule(rule, place):
    fields(rule, RULE, place)
    for index, match in enumerate(rule.get("matches", [])):
        fields(match, MATCH, f"{place}.matches[{index}]")
    backends = rule.get("backendRefs", [])
    if len(backends) > 16:
        raise Invalid(f"{place}.backendRefs: at most 16")
    for index, backend in enumerate(backends):
        here = f"{place}.backendRefs[{index}]"
        fields(backend, BACKEND, here)
        if not 0 <= backend.get("weight", 1) <= 1_000_000:
            raise Invalid(f"{here}.weight: from 0 to 1000000")
        if "name" not in backend or backend.get("kind", "Service") == "Service" and "port" not in backend:
            raise Invalid(f"{here}: a Service needs name and port")
