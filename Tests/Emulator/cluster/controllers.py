"""What controllers of a cluster would do with an object, as far as a deploy looks: at once, but for Gateways."""

import copy

CREATED = "2026-01-01T00:00:00Z"


class Controllers:
    def __init__(self, store):
        self.store = store
        self.is_holding = False  # Gateways take nothing
        self.pending = {}  # routes that a Gateway takes when they are looked at once more
        self.logs = {}
        self.count = 0

    def wrote(self, path, document):
        kind = document["kind"]
        if kind == "HTTPRoute":
            self.pending[path] = 1
        elif kind == "Deployment":
            self.deploy(path, document)
        elif kind == "Job" and "status" not in document:
            self.work(path, document)

    def looked(self, path):
        """A Gateway writes its status between the first and the second look at a new generation."""
        if path not in self.pending or self.is_holding:
            return
        if self.pending[path] > 0:
            self.pending[path] -= 1
            return
        del self.pending[path]
        document = self.store.objects[path]
        generation = document["metadata"]["generation"]
        conditions = [
            {"type": t, "status": "True", "reason": t, "message": "", "observedGeneration": generation,
             "lastTransitionTime": CREATED}
            for t in ("Accepted", "ResolvedRefs")
        ]
        document["status"] = {
            "parents": [
                {"parentRef": parent, "controllerName": "example.com/gateway", "conditions": conditions}
                for parent in document["spec"].get("parentRefs", [])
            ]
        }
        self.store.bump(document)

    def deploy(self, path, document):
        namespace, name = document["metadata"]["namespace"], document["metadata"]["name"]
        pods = f"/api/v1/namespaces/{namespace}/pods/{name}-"
        count, spec = document["spec"]["replicas"], document["spec"]["template"]
        self.store.remove(lambda p: p.startswith(pods))
        for _ in range(count):
            self.pod(namespace, name, spec["metadata"], {"phase": "Running", "containerStatuses": [
                {"name": "app", "ready": True, "restartCount": 0, "state": {"running": {"startedAt": CREATED}}}]})
        document["status"] = {
            "observedGeneration": document["metadata"]["generation"], "replicas": count, "readyReplicas": count}
        self.endpoints(namespace, name, [{"ready": True, "terminating": False}] * count)

    def endpoints(self, namespace, service, conditions):
        labels = {"kubernetes.io/service-name": service}
        self.store.put(f"/apis/discovery.k8s.io/v1/namespaces/{namespace}/endpointslices/{service}-1", {
            "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
            "metadata": {"name": f"{service}-1", "namespace": namespace, "labels": labels},
            "endpoints": [{"addresses": ["10.0.0.1"], "conditions": c} for c in conditions]})

    def work(self, path, document):
        namespace, name = document["metadata"]["namespace"], document["metadata"]["name"]
        template = copy.deepcopy(document["spec"]["template"])
        template["metadata"]["labels"]["job-name"] = name
        is_bad = "fail" in template["spec"]["containers"][0].get("args", [])
        state = {"terminated": {"exitCode": 3 if is_bad else 0, "reason": "Error" if is_bad else "Completed"}}
        self.pod(namespace, name, template["metadata"], {"phase": "Failed" if is_bad else "Succeeded",
            "containerStatuses": [{"name": "app", "ready": False, "restartCount": 0, "state": state}]})
        document["status"] = {"conditions": [{"type": "Failed" if is_bad else "Complete", "status": "True"}]}

    def pod(self, namespace, owner, metadata, status):
        self.count += 1
        name = f"{owner}-{self.count:05}"
        path = f"/api/v1/namespaces/{namespace}/pods/{name}"
        release = metadata.get("annotations", {}).get("opsctl.dev/release", "?")
        self.logs[path] = [f"{owner} of release {release} has started", "ready"]
        self.store.put(path, {
            "apiVersion": "v1", "kind": "Pod", "status": status, "metadata": {
                "name": name, "namespace": namespace, "labels": metadata.get("labels", {}),
                "annotations": metadata.get("annotations", {}), "creationTimestamp": CREATED}})

    def crash(self, namespace, deployment):
        """The program ends, and is started again in vain."""
        for path, pod in self.store.objects.items():
            if path.startswith(f"/api/v1/namespaces/{namespace}/pods/{deployment}-"):
                pod["status"]["containerStatuses"] = [{
                    "name": "app", "ready": False, "restartCount": 4,
                    "state": {"waiting": {"reason": "CrashLoopBackOff"}}}]
                self.logs[path].append("panic: it has ended")
        self.endpoints(namespace, deployment, [{"ready": False, "terminating": False}])
