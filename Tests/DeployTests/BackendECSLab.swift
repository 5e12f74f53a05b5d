import AWSClient
import Deploy
import Foundation
import HTTPClient
import OpsModel
import TestSupport
import Testing

/// An ECS service with the external controller in moto, and the task definition that releases are made from.
struct ECSLab: Sendable {
    let aws: TestAWS
    let session: AWSSession
    let runner: ECSRunner
    let groups: [Slot: String]

    init(_ aws: TestAWS) async throws {
        self.aws = aws
        let balancer = try await LoadBalancerLab(aws)
        (session, groups) = (balancer.session, balancer.groups)
        let session = balancer.session
        func ask(_ service: AWSService, _ action: String, _ members: [String: PlainJSON]) async throws -> PlainJSON {
            try await session.askPlain(.plain(service, action, members))
        }
        let name = PlainJSON.string(aws.name)
        _ = try await ask(.ecs, "CreateCluster", ["clusterName": name])
        _ = try await ask(.ecs, "RegisterTaskDefinition", Self.template(name))
        _ = try await ask(
            .ecs, "CreateService",
            [
                "cluster": name, "serviceName": name, "desiredCount": 1, "taskDefinition": name,
                "deploymentController": ["type": "EXTERNAL"],
            ])
        _ = try await session.ask(.json(.logs, "CreateLogGroup", ["logGroupName": .text(aws.name)]))
        let subnet = try await session.ask(.query(.ec2, "DescribeSubnets")).text("subnetSet", "item", "subnetId")
        var settings = ECSRunner.Settings(
            cluster: aws.name, service: aws.name, template: aws.name, container: "app", port: 8080,
            targetGroups: balancer.groups, addresses: [.blue: "http://blue.example", .green: "http://green.example"])
        settings.subnets = [try #require(subnet)]
        runner = ECSRunner(place: try balancer.place(), settings: settings)
    }

    private static func template(_ name: PlainJSON) -> [String: PlainJSON] {
        [
            "family": name, "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "256",
            "memory": "512",
            "containerDefinitions": [
                [
                    "name": "app", "image": "registry.example/app:template", "essential": true, "cpu": 256,
                    "memory": 512,
                    "environment": [["name": "PASSWORD", "value": "of the template"]],
                    "logConfiguration": [
                        "logDriver": "awslogs",
                        "options": ["awslogs-group": name, "awslogs-stream-prefix": "app"],
                    ],
                ]
            ],
        ]
    }

    func ask(_ action: String, _ members: [String: PlainJSON]) async throws -> PlainJSON {
        try await session.askPlain(.plain(.ecs, action, members))
    }

    var service: [String: PlainJSON] { ["cluster": .string(aws.name), "service": .string(aws.name)] }

    func taskSets() async throws -> [PlainJSON] {
        guard case .list(let sets)? = try await ask("DescribeTaskSets", service)["taskSets"] else { return [] }
        return sets
    }

    /// What the tasks of all sets have written.
    func log(_ line: String) async throws {
        guard
            case .list(let tasks)? = try await ask("ListTasks", ["cluster": .string(aws.name)])["taskArns"]
        else { return }
        for task in tasks.compactMap(\.scalarText) {
            let stream = "app/app/\(task.split(separator: "/").last ?? "")"
            let names: [String: AWSInput] = ["logGroupName": .text(aws.name), "logStreamName": .text(stream)]
            _ = try await session.ask(.json(.logs, "CreateLogStream", names))
            let event: AWSInput = [
                "timestamp": .number(Int(Date().timeIntervalSince1970 * 1000)), "message": .text(line),
            ]
            _ = try await session.ask(.json(.logs, "PutLogEvents", names.merging(["logEvents": [event]]) { $1 }))
        }
    }

    func bench() -> RunnerBench {
        RunnerBench(
            runner: runner, launch: { testLaunch($0, artifact: testImage, digest: testImageDigest) },
            end: { slot in
                try await log("panic: it has ended")
                for set in try await taskSets() {
                    guard let arn = set["taskSetArn"],
                        set.value(at: ["loadBalancers", "0", "targetGroupArn"])?.scalarText == groups[slot]
                    else { continue }
                    _ = try await ask("DeleteTaskSet", service.merging(["taskSet": arn, "force": true]) { $1 })
                }
            }, word: "")
    }
}
