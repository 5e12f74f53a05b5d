import AWSClient

/// A security group.
package enum SecurityGroup: AWSKind {
    package static let kind = "aws.security_group"
    package static let locators = ["security_group"]
    package static let questions: [AWSQuestion] = [
        AWSQuestion(
            needs: "ec2:DescribeSecurityGroups",
            settings: [
                .list(
                    "ingress", ["tcp:5432-5432:sg-app"], "Does the group let in only whom it should?",
                    why: "a rule that somebody added is a way in",
                    flaw: ("a rule for the whole internet", ["tcp:5432-5432:sg-app", "tcp:22-22:0.0.0.0/0"]),
                    fix: "aws ec2 describe-security-group-rules --filters Name=group-id,Values={id}"
                ) { rules($0, "ipPermissions") },
                .list(
                    "egress", ["tcp:443-443:0.0.0.0/0"], "Does the group let out only what it should?",
                    why: "stolen data leaves by a rule that somebody added",
                    flaw: ("everything may leave", ["-1:0-0:0.0.0.0/0", "tcp:443-443:0.0.0.0/0"]),
                    fix: "aws ec2 describe-security-group-rules --filters Name=group-id,Values={id}"
                ) { rules($0, "ipPermissionsEgress") },
            ]
        ) {
            try await $0.one(
                .query(.ec2, "DescribeSecurityGroups", ["GroupId.1": $0.id]), at: "securityGroupInfo", "item")
        }
    ]

    /// `protocol:from-to:source`, one for each source.
    static func rules(_ group: AWSDocument, _ side: String) -> [String] {
        group.all(side, "item").flatMap { rule in
            let ports = "\(rule.text("fromPort") ?? "0")-\(rule.text("toPort") ?? "0")"
            let sources =
                rule.texts("ipRanges", "item", "cidrIp") + rule.texts("ipv6Ranges", "item", "cidrIpv6")
                + rule.texts("groups", "item", "groupId") + rule.texts("prefixListIds", "item", "prefixListId")
            return sources.map { "\(rule.text("ipProtocol") ?? "-1"):\(ports):\($0)" }
        }
    }
}
