"""JSON patch (RFC 6902: test, add, replace, remove) and the basics of server-side apply."""

import copy

KEYS = {"containers": "name", "ports": "containerPort", "volumeMounts": "mountPath", "volumes": "name", "env": "name"}


class TestFailed(Exception):
    """A `test` operation did not hold."""


def json_patch(document, operations):
    document = copy.deepcopy(document)
    for operation in operations:
        apply_one(document, operation)
    return document


def apply_one(document, operation):
    path = [part.replace("~1", "/").replace("~0", "~") for part in operation["path"].split("/")[1:]]
    parent = document
    for part in path[:-1]:
        parent = parent[int(part)] if isinstance(parent, list) else parent[part]
    key = int(path[-1]) if isinstance(parent, list) and path[-1] != "-" else path[-1]
    name = operation["op"]
    if name == "test":
        found = parent[key] if isinstance(parent, list) else parent.get(key)
        if found != operation["value"]:
            raise TestFailed(f"testing path {operation['path']}: test failed")
    elif name == "add" and isinstance(parent, list):
        parent.insert(len(parent) if key == "-" else key, operation["value"])
    elif name in ("add", "replace"):
        if name == "replace" and key not in parent:
            raise KeyError(key)
        parent[key] = operation["value"]
    elif name == "remove":
        del parent[key]
    else:
        raise ValueError(name)


def leaves(value, path=()):
    """Paths of everything that a manager can own; elements of associative lists go by their key."""
    key = KEYS.get(path[-1]) if path else None
    if isinstance(value, dict) and value:
        return {leaf: v for k, child in value.items() for leaf, v in leaves(child, (*path, k)).items()}
    if isinstance(value, list) and key and all(isinstance(e, dict) and key in e for e in value):
        return {leaf: v for e in value for leaf, v in leaves(e, (*path, (key, e[key]))).items()}
    return {path: value}


def set_leaf(document, path, value):
    here = document
    for index, part in enumerate(path):
        is_last = index == len(path) - 1
        if isinstance(part, tuple):
            found = next((e for e in here if e.get(part[0]) == part[1]), None)
            if found is None:
                found = {part[0]: part[1]}
                here.append(found)
            here = found
        elif is_last:
            here[part] = copy.deepcopy(value)
        else:
            here = here.setdefault(part, [] if isinstance(path[index + 1], tuple) else {})


def remove_leaf(document, path):
    here = document
    for part in path[:-1]:
        here = next((e for e in here if e.get(part[0]) == part[1]), None) if isinstance(part, tuple) else here.get(part)
        if here is None:
            return
    if isinstance(here, dict):
        here.pop(path[-1], None)


def merge(document, fields, owners, manager):
    """Applies `fields` as `manager`; `owners` maps leaves to sets of managers. Returns the names that were in the way."""
    document = copy.deepcopy(document)
    current, wanted = leaves(document), leaves(fields)
    others = {
        owner
        for path, value in wanted.items()
        for owner in owners.get(path, set()) - {manager}
        if path in current and current[path] != value
    }
    for path in [p for p, names in owners.items() if names == {manager} and p not in wanted]:
        remove_leaf(document, path)
        del owners[path]
    for path, value in wanted.items():
        if current.get(path) != value:
            owners[path] = set()
        set_leaf(document, path, value)
        owners.setdefault(path, set()).add(manager)
    return document, others
