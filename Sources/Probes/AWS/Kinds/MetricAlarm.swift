import AWSClient

/// An alarm of CloudWatch.
package enum MetricAlarm: AWSKind {
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
        ) {
            try await $0.one(
                .query(.cloudwatch, "DescribeAlarms", ["AlarmNames.member.1": $0.id]), at: "MetricAlarms", "member")
        }
    ]
}
