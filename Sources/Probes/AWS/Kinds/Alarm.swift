import AWSClient

/// An alarm of CloudWatch, on a metric or on other alarms.
package enum Alarm: AWSKind {
    package static let kind = "aws.alarm"
    package static let locators = ["alarm"]
    package static let questions: [AWSQuestion] = [
        AWSQuestion(
            needs: "cloudwatch:DescribeAlarms",
            settings: [
                .list(
                    "actions", ["arn:aws:sns:eu-central-1:123456789012:alerts"], "Does the alarm tell somebody?",
                    why: "an alarm that tells nobody is none", flaw: ("it tells nobody", []),
                    fix: "aws cloudwatch describe-alarms --alarm-names {id}"
                ) { $0.texts("AlarmActions", "member") },
                .flag(
                    "enabled", true, "Are its actions on?",
                    why: "somebody silenced it, and nobody hears of the next outage",
                    flaw: "its actions are off", fix: "aws cloudwatch enable-alarm-actions --alarm-names {id}"
                ) { $0.flag("ActionsEnabled") },
                .number(
                    "threshold", 0.8, "Does it go off at the declared value?",
                    why: "it would go off too late, or all the time",
                    flaw: ("somebody raised it", 8), fix: "aws cloudwatch describe-alarms --alarm-names {id}"
                ) { $0.number("Threshold") },
            ]
        ) { asking in
            let call = AWSCall.query(
                .cloudwatch, "DescribeAlarms",
                [
                    "AlarmNames.member.1": asking.id, "AlarmTypes.member.1": "MetricAlarm",
                    "AlarmTypes.member.2": "CompositeAlarm",
                ])
            let alarms = try await asking.session.ask(call)
            guard let alarm = alarms["MetricAlarms", "member"] ?? alarms["CompositeAlarms", "member"] else {
                throw AWSError.absent(action: call.permission, code: "none", message: "no such alarm")
            }
            return alarm
        }
    ]
}
