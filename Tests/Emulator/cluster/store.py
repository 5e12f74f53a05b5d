"""Objects by path, with versions and generations."""

import copy
import uuid

from . import patches, schemas


class Refused(Exception):
    def __init__(self, status, reason, message):
        super().__init__(message)
        self.status, self.reason = status, reason


class Store:
    def __init__(self):
        self.objects, self.owners, self.version = {}, {}, 1000

    def bump(self, document):
        self.version += 1
        document["metadata"]["resourceVersion"] = str(self.version)

    def put(self, path, document):
        document["metadata"].setdefault("uid", str(uuid.uuid4()))
        self.objects[path] = document
        self.bump(document)

    def remove(self, condition):
        for path in [p for p in self.objects if condition(p)]:
            del self.objects[path]

    def get(self, path):
        if path not in self.objects:
            raise Refused(404, "NotFound", f'"{path.split("/")[-1]}" not found')
        return self.objects[path]

    def patch(self, path, operations, manager):
        before = self.get(path)
        try:
            after = patches.json_patch(before, operations)
        except patches.TestFailed as error:
            raise Refused(422, "Invalid", f"the server rejected our request due to an error in our request: {error}")
        except (KeyError, IndexError, ValueError) as error:
            raise Refused(422, "Invalid", f"the patch does not fit: {error}")
        owners = self.owners.setdefault(path, {})
        old = patches.leaves(before)
        for leaf, value in patches.leaves(after).items():
            if old.get(leaf) != value:
                owners[leaf] = {f"{manager}/Update"}
        return self.store(path, before, after)

    def apply(self, path, fields, manager, force):
        namespace, name = path.split("/")[-3], path.split("/")[-1]
        if fields.get("metadata", {}).get("name") != name or fields["metadata"].get("namespace") != namespace:
            raise Refused(400, "BadRequest", "the name of the object does not match the name on the URL")
        if "resourceVersion" in fields["metadata"] and path in self.objects:
            if fields["metadata"]["resourceVersion"] != self.objects[path]["metadata"]["resourceVersion"]:
                raise Refused(409, "Conflict", "the object has been modified")
        before = self.objects.get(path, {})
        owners = copy.deepcopy(self.owners.get(path, {}))
        after, others = patches.merge(before, fields, owners, f"{manager}/Apply")
        if others and not force:
            raise Refused(409, "Conflict", f"Apply failed: conflict with {', '.join(sorted(others))}")
        answer = self.store(path, before, after)
        self.owners[path] = owners
        return answer

    def store(self, path, before, after):
        if before and before["metadata"].get("resourceVersion") != after["metadata"].get("resourceVersion"):
            raise Refused(409, "Conflict", "the object has been modified")
        checked = copy.deepcopy(after)
        checked.pop("status", None)
        for name in ("managedFields", "generation", "uid", "resourceVersion"):
            checked["metadata"].pop(name, None)
        try:
            schemas.check(checked)
        except schemas.Invalid as error:
            raise Refused(error.status, "Invalid" if error.status == 422 else "BadRequest", str(error)) from None
        if not before:
            after["metadata"]["uid"] = str(uuid.uuid4())
            after["metadata"]["generation"] = 1
        elif before.get("spec") != after.get("spec"):
            after["metadata"]["generation"] = before["metadata"]["generation"] + 1
        self.objects[path] = after
        if before != after:
            self.bump(after)
        return after
