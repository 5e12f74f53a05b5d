import AWSClient

/// A log group.
package enum LogGroup: AWSKind {
    package static let kind = "aws.log_group"
    package static let locators = ["log_group"]
    package static let questions: [AWSQuestion] = [
        AWSQuestion(
            needs: "logs:DescribeLogGroups",
            settings: [
                .number(
                    "retention_days", 90, "Are the logs kept as long as declared?",
                    why: "too short and a break-in cannot be traced, too long and personal data stays",
                    flaw: ("they are kept for a day", 1),
                    fix: "aws logs put-retention-policy --log-group-name {id} --retention-in-days DAYS"
                ) { $0.number("retentionInDays") },
                .text(
                    "key", "arn:aws:kms:eu-central-1:123456789012:key/a", "Are they encrypted with the declared key?",
                    why: "whoever may use another key could read them", flaw: ("no key of ours", ""),
                    fix: "aws logs associate-kms-key --log-group-name {id} --kms-key-id ARN", comparison: .sameName
                ) { $0.text("kmsKeyId") },
            ]
        ) { asking in
            let groups = try await asking.session.askAll { token in
                .json(
                    .logs, "DescribeLogGroups",
                    ["logGroupNamePrefix": .text(asking.id)].merging(
                        token.map { ["nextToken": .text($0)] } ?? [:]
                    ) { $1 })
            } next: {
                $0.text("nextToken")
            }
            guard let group = groups.all("logGroups", "member").first(where: { $0.text("logGroupName") == asking.id })
            else { throw AWSError.absent(action: "logs:DescribeLogGroups", code: "none", message: "no such log group") }
            return group
        }
    ]
}
