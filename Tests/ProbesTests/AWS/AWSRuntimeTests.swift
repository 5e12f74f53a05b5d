import AWSClient
import OpsModel
import TestSupport
import Testing

@testable import Probes

@Suite(.enabled(if: AWSEmulator.isThere, "\(AWSEmulator.reason)")) struct AWSRuntimeTests {
    private let promised: [String: AWSValue] = [
        "circuit_breaker": true, "public_ip": false, "exec": false, "user": "10001", "read_only_root": true,
        "privileged": false, "secrets": ["DATABASE_URL"], "minimum_tasks": 2,
    ]

    private func define(_ lab: AWSLab, _ change: [String: AWSInput] = [:]) async throws {
        let container: [String: AWSInput] = [
            "name": "app", "image": "app", "memory": 256, "user": "10001", "readonlyRootFilesystem": true,
            "privileged": false, "secrets": [["name": "DATABASE_URL", "valueFrom": "arn:aws:secretsmanager:x"]],
        ]
        try await lab.json(
            .ecs, "RegisterTaskDefinition",
            [
                "family": .text(lab.name), "containerDefinitions": [.members(container.merging(change) { $1 })],
            ])
    }

    private func makeService(_ lab: AWSLab) async throws {
        try await define(lab)
        let subnet = try await lab.makeNetwork().subnets[0]
        try await lab.json(.ecs, "CreateCluster", ["clusterName": .text(lab.name)])
        try await lab.json(
            .ecs, "CreateService",
            [
                "cluster": .text(lab.name), "serviceName": .text(lab.name), "taskDefinition": .text(lab.name),
                "desiredCount": 2, "enableExecuteCommand": false,
                "deploymentConfiguration": ["deploymentCircuitBreaker": ["enable": true, "rollback": true]],
                "networkConfiguration": [
                    "awsvpcConfiguration": [
                        "subnets": [.text(subnet)], "securityGroups": .list([]), "assignPublicIp": "DISABLED",
                    ]
                ],
            ])
    }

    private func look(_ lab: AWSLab) async throws -> [String: CheckResult] {
        try await lab.look(ECSService.self, lab.name, at: ["cluster": lab.name], promised)
    }

    @Test func aServiceThatWasScaledDownFails() async throws {
        try await withAWSEmulator { aws in
            let lab = try AWSLab(aws)
            try await makeService(lab)
            #expect(try await look(lab).troubles == [])
            try await lab.json(
                .ecs, "UpdateService",
                ["cluster": .text(lab.name), "service": .text(lab.name), "desiredCount": 0])
            #expect(try await look(lab).troubles == ["minimum_tasks fail"])
        }
    }

    @Test(arguments: [
        (["user": "root"] as [String: AWSInput], "user fail"), (["privileged": true], "privileged fail"),
        (["readonlyRootFilesystem": false], "read_only_root fail"), (["secrets": .list([])], "secrets fail"),
    ])
    func aTaskWithMoreRightsFails(_ change: [String: AWSInput], _ trouble: String) async throws {
        try await withAWSEmulator { aws in
            let lab = try AWSLab(aws)
            try await makeService(lab)
            try await define(lab, change)
            try await lab.json(
                .ecs, "UpdateService",
                ["cluster": .text(lab.name), "service": .text(lab.name), "taskDefinition": .text("\(lab.name):2")])
            #expect(try await look(lab).troubles == [trouble])
        }
    }

    @Test func aLogGroupWithoutAKeyThatForgetsTooEarlyFails() async throws {
        try await withAWSEmulator { aws in
            let lab = try AWSLab(aws)
            let key = "arn:aws:kms:eu-central-1:123456789012:key/a"
            for name in [lab.name, "\(lab.name)-longer"] {
                try await lab.json(
                    .logs, "CreateLogGroup", ["logGroupName": .text(name), "kmsKeyId": .text(key)])
            }
            let promised: [String: AWSValue] = ["retention_days": 90, "key": .text(key)]
            #expect(try await lab.look(LogGroup.self, lab.name, promised).troubles == ["retention_days fail"])
            try await lab.json(
                .logs, "PutRetentionPolicy", ["logGroupName": .text(lab.name), "retentionInDays": 90])
            #expect(try await lab.look(LogGroup.self, lab.name, promised).troubles == [])
            let other: [String: AWSValue] = ["key": "arn:aws:kms:eu-central-1:123456789012:key/b"]
            #expect(try await lab.look(LogGroup.self, lab.name, other).troubles == ["key fail"])
            #expect(try await lab.look(LogGroup.self, "\(lab.name)-lon", promised)["exists"]?.status == .fail)
        }
    }

    @Test func anAlarmThatWasSilencedOrTellsNobodyFails() async throws {
        try await withAWSEmulator { aws in
            let lab = try AWSLab(aws)
            let topic = "arn:aws:sns:eu-central-1:123456789012:\(lab.name)"
            try await lab.query(.cloudwatch, "PutMetricAlarm", alarm(lab, threshold: "0.5", action: topic))
            let promised: [String: AWSValue] = [
                "actions": .list([topic]), "enabled": true, "threshold": .number(0.5),
            ]
            #expect(try await lab.look(Alarm.self, lab.name, promised).troubles == [])
            var silenced = alarm(lab, threshold: "0.5", action: topic)
            silenced["ActionsEnabled"] = "false"
            try await lab.query(.cloudwatch, "PutMetricAlarm", silenced)
            #expect(try await lab.look(Alarm.self, lab.name, promised).troubles == ["enabled fail"])
            try await lab.query(.cloudwatch, "PutMetricAlarm", alarm(lab, threshold: "50", action: nil))
            #expect(
                try await lab.look(Alarm.self, lab.name, promised).troubles
                    == ["actions fail", "threshold fail"])
        }
    }

    @Test func anAlarmOnOtherAlarmsIsFoundToo() async throws {
        try await withAWSEmulator { aws in
            let lab = try AWSLab(aws)
            try await lab.query(
                .cloudwatch, "PutCompositeAlarm",
                ["AlarmName": lab.name, "AlarmRule": "ALARM(a)", "AlarmActions.member.1": "arn:aws:sns:x:1:a"])
            let promised: [String: AWSValue] = ["actions": ["arn:aws:sns:x:1:a"], "enabled": true]
            #expect(try await lab.look(Alarm.self, lab.name, promised).troubles == [])
            #expect(try await lab.look(Alarm.self, "\(lab.name)-gone", promised)["exists"]?.status == .fail)
        }
    }

    private func alarm(_ lab: AWSLab, threshold: String, action: String?) -> [String: String] {
        var parameters = [
            "AlarmName": lab.name, "MetricName": "Errors", "Namespace": "test", "Statistic": "Sum", "Period": "60",
            "EvaluationPeriods": "1", "ComparisonOperator": "GreaterThanThreshold", "Threshold": threshold,
            "ActionsEnabled": "true",
        ]
        parameters["AlarmActions.member.1"] = action
        return parameters
    }

    @Test func aStrangerWhoHearsOfAlarmsFails() async throws {
        try await withAWSEmulator { aws in
            let lab = try AWSLab(aws)
            let made = try await lab.query(
                .sns, "CreateTopic",
                [
                    "Name": lab.name, "Attributes.entry.1.key": "KmsMasterKeyId",
                    "Attributes.entry.1.value": "arn:aws:kms:eu-central-1:123456789012:key/a",
                ])
            let topic = try #require(made.text("TopicArn"))
            func subscribe(_ address: String) async throws {
                try await lab.query(
                    .sns, "Subscribe", ["TopicArn": topic, "Protocol": "email", "Endpoint": address])
            }
            try await subscribe("ops@example.com")
            let promised: [String: AWSValue] = [
                "key": "arn:aws:kms:eu-central-1:123456789012:key/a", "subscriptions": ["ops@example.com"],
                "confirmed": "all",
            ]
            #expect(try await lab.look(SNSTopic.self, topic, promised).troubles == [])
            try await subscribe("stranger@example.org")
            #expect(try await lab.look(SNSTopic.self, topic, promised).troubles == ["subscriptions fail"])
        }
    }
}
