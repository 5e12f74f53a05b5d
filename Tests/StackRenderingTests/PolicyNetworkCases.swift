import Foundation
import StackRendering

extension PolicyCase {
    static let network: [PolicyCase] = ingressCases + balancerCases

    private static func rule(_ from: Int, _ to: Int, _ proto: String = "tcp", _ range: String = "0.0.0.0/0") -> [String:
        any Sendable]
    {
        [
            "from_port": from, "to_port": to, "protocol": proto, "cidr_blocks": [range],
            "ipv6_cidr_blocks": [] as [String],
        ]
    }

    private static func group(_ outcome: Outcome, _ because: String, _ rules: [String: any Sendable]...) -> PolicyCase {
        .resource("network.open_ingress", outcome, because, "aws_security_group", ["ingress": rules])
    }

    private static func sixth(_ outcome: Outcome, _ range: String) -> PolicyCase {
        .resource(
            "network.open_ingress", outcome, range, own,
            ["from_port": 22, "to_port": 22, "ip_protocol": "tcp", "cidr_ipv6": range])
    }

    private static let own = "aws_vpc_security_group_ingress_rule"

    private static let ingressCases: [PolicyCase] = [
        group(.holds, "443", rule(443, 443)), group(.holds, "80", rule(80, 80)),
        group(.holds, "inside", rule(22, 22, "tcp", "10.0.0.0/8")),
        group(.broken, "half of all addresses", rule(22, 22, "tcp", "128.0.0.0/1")),
        group(.broken, "a private range and more", rule(22, 22, "tcp", "10.0.0.0/7")),
        group(.holds, "a range of a provider", rule(22, 22, "tcp", "52.0.0.0/8")), sixth(.broken, "2000::/3"),
        sixth(.holds, "2001:db8::/32"), sixth(.holds, "fc00::/7"),
        .resource(
            "network.open_ingress", .unknown, "a prefix list", own,
            ["from_port": 22, "to_port": 22, "ip_protocol": "tcp", "prefix_list_id": "pl-1"]),
        group(
            .unknown, "a prefix list inside",
            rule(22, 22, "tcp", "10.0.0.0/8").merging(["prefix_list_ids": ["pl-1"]]) { $1 }),
        group(.holds, "a prefix list on 443", rule(443, 443).merging(["prefix_list_ids": ["pl-1"]]) { $1 }),
        group(.holds, "none"), group(.broken, "22", rule(443, 443), rule(22, 22)),
        group(.broken, "a range around 443", rule(1, 1024)),
        group(.broken, "every port", rule(0, 0, "-1")), group(.broken, "udp 443", rule(443, 443, "udp")),
        group(
            .broken, "IPv6",
            [
                "from_port": 22, "to_port": 22, "protocol": "tcp", "cidr_blocks": [] as [String],
                "ipv6_cidr_blocks": ["::/0"],
            ]),
        .resource(
            "network.open_ingress", .unknown, "a source that is not known", "aws_security_group",
            ["ingress": [["from_port": 22, "to_port": 22, "protocol": "tcp"] as [String: any Sendable]]],
            unknown: ["ingress": [["cidr_blocks": true]]]),
        .resource(
            "network.open_ingress", .unknown, "rules that are not known", "aws_security_group", [:],
            unknown: ["ingress": true]),
        PolicyCase("network.open_ingress", .holds, "a group whose rules stand apart") {
            PlanSample().with(
                "aws_security_group.this", ["create"], after: [:], unknown: ["ingress": true, "id": true]
            )
            .declaring("aws_security_group.this", [:])
            .with(
                "aws_vpc_security_group_ingress_rule.this", ["create"],
                after: ["from_port": 443, "to_port": 443, "ip_protocol": "tcp", "cidr_ipv4": "0.0.0.0/0"],
                unknown: ["security_group_id": true]
            )
            .declaring(
                "aws_vpc_security_group_ingress_rule.this", ["security_group_id": refers("aws_security_group.this.id")])
        },
        .resource(
            "network.open_ingress", .broken, "a rule that stands apart", own,
            ["from_port": 22, "to_port": 22, "ip_protocol": "tcp", "cidr_ipv4": "0.0.0.0/0"]),
        .resource(
            "network.open_ingress", .holds, "a rule for a group", own,
            ["from_port": 22, "to_port": 22, "ip_protocol": "tcp", "referenced_security_group_id": "sg-1"]),
        .resource(
            "network.open_ingress", .broken, "an old rule", "aws_security_group_rule",
            rule(22, 22).merging(["type": "ingress"]) { $1 }),
        .resource(
            "network.open_ingress", .holds, "an old rule outwards", "aws_security_group_rule",
            rule(22, 22).merging(["type": "egress"]) { $1 }),
    ]

    private static let listener = "aws_lb_listener"
    private static func redirect(_ proto: String) -> [String: any Sendable] {
        [
            "protocol": "HTTP",
            "default_action": [["type": "redirect", "redirect": [["protocol": proto]]] as [String: any Sendable]],
        ]
    }

    private static let balancerCases: [PolicyCase] = [
        .resource(
            "balancer.tls", .holds, "1.2 and 1.3", listener,
            ["protocol": "HTTPS", "ssl_policy": "ELBSecurityPolicy-TLS13-1-2-2021-06"]),
        .resource(
            "balancer.tls", .broken, "1.0", listener, ["protocol": "HTTPS", "ssl_policy": "ELBSecurityPolicy-2016-08"]),
        .resource(
            "balancer.tls", .broken, "1.0 with 1.3", listener,
            ["protocol": "TLS", "ssl_policy": "ELBSecurityPolicy-TLS13-1-0-2021-06"]),
        .resource("balancer.tls", .holds, "no TLS", listener, ["protocol": "HTTP"]),
        .resource(
            "balancer.tls", .unknown, "not known", listener, ["protocol": "HTTPS"], unknown: ["ssl_policy": true]),
        .resource("balancer.redirect", .holds, "to HTTPS", listener, redirect("HTTPS")),
        .resource("balancer.redirect", .broken, "to HTTP", listener, redirect("HTTP")),
        .resource(
            "balancer.redirect", .broken, "forwarded", listener,
            ["protocol": "HTTP", "default_action": [["type": "forward"]]]),
        .resource(
            "balancer.redirect", .unknown, "not known", listener, ["protocol": "HTTP"],
            unknown: ["default_action": true]),
        .resource(
            "balancer.waf", .broken, "public without", "aws_lb",
            ["internal": false, "load_balancer_type": "application", "arn": "a"]),
        .resource(
            "balancer.waf", .holds, "internal", "aws_lb",
            ["internal": true, "load_balancer_type": "application", "arn": "a"]),
        .resource("balancer.waf", .holds, "not critical", in: .standard, "aws_lb", ["internal": false, "arn": "a"]),
        PolicyCase("balancer.waf", .holds, "public with") {
            PlanSample().with("aws_lb.this", after: ["internal": false, "arn": "a"])
                .with("aws_wafv2_web_acl_association.this", after: ["resource_arn": "a"])
        },
        PolicyCase("balancer.waf", .holds, "public with one of the same plan") { firewall(refers("aws_lb.this.arn")) },
        PolicyCase("balancer.waf", .unknown, "whose it is cannot be told") { firewall(refers("var.arn", "local.arn")) },
    ]

    private static func firewall(_ source: [String: Any]) -> PlanSample {
        PlanSample().with("aws_lb.this", ["create"], after: ["internal": false], unknown: ["arn": true])
            .with("aws_wafv2_web_acl_association.this", ["create"], after: [:], unknown: ["resource_arn": true])
            .declaring("aws_wafv2_web_acl_association.this", ["resource_arn": source])
    }
}
