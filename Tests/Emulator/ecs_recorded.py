#!/usr/bin/env python3
"""ECS calls that moto lacks: every request is checked against botocore's model of the API, the answers are those of the API
reference's examples, and a deployment goes one stage further with each look. Prints `listening PORT`."""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

sys.dont_write_bytecode = True

import botocore.session  # noqa: E402
from botocore.validate import ParamValidator  # noqa: E402

PREFIXES = {"AmazonEC2ContainerServiceV20141113": "ecs", "secretsmanager": "secretsmanager", "Logs_20140328": "logs"}
ARN = "arn:aws:ecs:eu-central-1:123456789012:"
STAGES = ["SCALE_UP", "TEST_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT", "BAKE_TIME", "CLEAN_UP"]
models = {name: botocore.session.get_session().get_service_model(name) for name in set(PREFIXES.values())}
deployments = []
tasks = {}


def brief(deployment):
    return {"serviceDeploymentArn": deployment["arn"], "status": status(deployment), "createdAt": 1751297402.0}


def status(deployment):
    if deployment["stopped"]:
        return "ROLLBACK_SUCCESSFUL" if deployment["looks"] > 6 else "ROLLBACK_IN_PROGRESS"
    return "SUCCESSFUL" if deployment["looks"] > len(STAGES) else "IN_PROGRESS"


def update_service(request):
    arn = f"{ARN}service-deployment/c/s/{len(deployments) + 1}"
    deployments.append({"arn": arn, "looks": 0, "stopped": False})
    return {"service": {"serviceName": request["service"], "currentServiceDeployment": arn}}


def describe_service_deployments(request):
    found = [d for d in deployments if d["arn"] in request["serviceDeploymentArns"]]
    if not found:
        return {"serviceDeployments": [], "failures": [{"arn": request["serviceDeploymentArns"][0], "reason": "MISSING"}]}
    found[0]["looks"] += 1
    answer = brief(found[0]) | {"targetServiceRevision": {
        "arn": f"{ARN}service-revision/c/s/2", "requestedTaskCount": 2, "runningTaskCount": 1, "pendingTaskCount": 1}}
    if not found[0]["stopped"]:
        answer["lifecycleStage"] = STAGES[min(found[0]["looks"], len(STAGES)) - 1]
    return {"serviceDeployments": [answer], "failures": []}


def stop_service_deployment(request):
    for deployment in deployments:
        if deployment["arn"] == request["serviceDeploymentArn"]:
            deployment["stopped"] = True
    return {"serviceDeploymentArn": request["serviceDeploymentArn"]}


def run_task(request):
    arn = f"{ARN}task/c/{len(tasks) + 1}"
    if request["cluster"] == "full":
        return {"tasks": [], "failures": [{"reason": "RESOURCE:MEMORY"}]}
    tasks[arn] = 0
    return {"tasks": [{"taskArn": arn, "lastStatus": "PROVISIONING"}], "failures": []}


def describe_tasks(request):
    arn = request["tasks"][0]
    tasks[arn] += 1
    code = 3 if request["cluster"] == "failing" else 0
    ended = {"lastStatus": "STOPPED", "containers": [{"name": "app", "lastStatus": "STOPPED", "exitCode": code}]}
    return {"tasks": [{"taskArn": arn} | (ended if tasks[arn] > 2 else {"lastStatus": "RUNNING", "containers": []})]}


def definition(_):
    container = {"name": "app", "image": "template", "logConfiguration": {
        "logDriver": "awslogs", "options": {"awslogs-group": "g", "awslogs-stream-prefix": "p"}}}
    return {"taskDefinition": {"family": "app", "taskDefinitionArn": f"{ARN}task-definition/app-migrate:1",
                               "containerDefinitions": [container], "cpu": "256", "registeredAt": 1751297402.123}}


ANSWERS = {
    "UpdateService": update_service, "DescribeServiceDeployments": describe_service_deployments,
    "StopServiceDeployment": stop_service_deployment, "RunTask": run_task, "DescribeTasks": describe_tasks,
    "ListServiceDeployments": lambda _: {"serviceDeployments": [brief(d) for d in reversed(deployments)]},
    "DescribeTaskDefinition": definition, "RegisterTaskDefinition": definition,
    "PutSecretValue": lambda _: {"ARN": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:opsctl-x"},
    "GetLogEvents": lambda _: {"events": [{"message": "applied 0001"}, {"message": "applied 0002"}]},
}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        """The test reads answers."""

    def do_POST(self):
        prefix, _, action = self.headers["X-Amz-Target"].partition(".")
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        shape = models[PREFIXES[prefix]].operation_model(action).input_shape
        report = ParamValidator().validate(request, shape)
        if report.has_errors():
            return self.answer(400, {"__type": "InvalidParameterException", "message": report.generate_report()})
        self.answer(200, ANSWERS[action](request))

    def answer(self, status, document):
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(f"listening {server.server_port}", flush=True)
server.serve_forever()
