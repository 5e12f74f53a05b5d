import AWSClient

/// An application load balancer.
package enum LoadBalancer: AWSKind {
    package static let kind = "aws.load_balancer"
    package static let locators = ["load_balancer"]
    package static let questions: [AWSQuestion] = [
        AWSQuestion(needs: "elasticloadbalancing:DescribeLoadBalancers") {
            try await $0.one(
                .query(.loadBalancing, "DescribeLoadBalancers", ["LoadBalancerArns.member.1": $0.id]),
                at: "LoadBalancers", "member")
        },
        AWSQuestion(needs: "elasticloadbalancing:DescribeLoadBalancerAttributes", settings: attributes) {
            try await $0.session.ask(
                .query(.loadBalancing, "DescribeLoadBalancerAttributes", ["LoadBalancerArn": $0.id]))
        },
        AWSQuestion(
            needs: "wafv2:GetWebACLForResource", "wafv2:GetWebACL",
            settings: [
                .text(
                    "web_acl", "arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/a/1",
                    "Does the firewall stand before it?", why: "floods and known attacks would reach the app",
                    flaw: ("the firewall was taken away", ""),
                    fix: "aws wafv2 associate-web-acl --resource-arn {id} --web-acl-arn ARN", expectsNull: true
                ) { $0.text("WebACL", "ARN") }
            ]
        ) { try await $0.session.ask(.json(.wafv2, "GetWebACLForResource", ["ResourceArn": .text($0.id)])) },
    ]

    private static let modify =
        "aws elbv2 modify-load-balancer-attributes --load-balancer-arn {id} --attributes"

    private static let attributes: [AWSSetting] = [
        .flag(
            "deletion_protection", true, "Does it refuse to be deleted?", why: "one wrong command takes the site away",
            flaw: "deletion protection is off", fix: "\(modify) Key=deletion_protection.enabled,Value=true"
        ) { attribute("deletion_protection.enabled", $0) == "true" },
        .text(
            "access_logs", "example-logs", "Is every request logged?", why: "nobody could tell who was served what",
            flaw: ("logging is off", ""), fix: "\(modify) Key=access_logs.s3.enabled,Value=true"
        ) { attribute("access_logs.s3.enabled", $0) == "true" ? attribute("access_logs.s3.bucket", $0) : nil },
        .flag(
            "drop_invalid_headers", true, "Are malformed headers dropped?", why: "requests could be smuggled past it",
            flaw: "they are passed on",
            fix: "\(modify) Key=routing.http.drop_invalid_header_fields.enabled,Value=true"
        ) { attribute("routing.http.drop_invalid_header_fields.enabled", $0) == "true" },
    ]

    private static func attribute(_ name: String, _ answer: AWSDocument) -> String? {
        answer.all("Attributes", "member").first { $0.text("Key") == name }?.text("Value")
    }
}
