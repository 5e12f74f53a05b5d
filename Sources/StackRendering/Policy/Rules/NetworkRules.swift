let networkRules: [PolicyRule] = [
    PolicyRule(
        "network.open_ingress",
        on: [
            "aws_security_group", "aws_default_security_group", "aws_security_group_rule",
            "aws_vpc_security_group_ingress_rule",
        ],
        says: PolicyText(
            "only ports 80 and 443 are open to the internet",
            why: "everybody can try the passwords and bugs of what listens",
            fix: "name the security group or the range that needs it", reference: "AWS FSBP EC2.18, EC2.19")
    ) { resource, scope in
        switch resource.type {
        case "aws_vpc_security_group_ingress_rule":
            IngressRule(resource.values, ranges: ["cidr_ipv4", "cidr_ipv6"], proto: "ip_protocol").faults
        case "aws_security_group_rule":
            resource.values.known("type").string == "egress" ? [] : IngressRule(inline: resource.values).faults
        default: inlineFaults(resource, scope)
        }
    },
    PolicyRule(
        "balancer.tls", on: ["aws_lb_listener", "aws_alb_listener"],
        says: PolicyText(
            "load balancers speak TLS 1.2 or later", why: "old versions can be broken by who listens on the way",
            fix: "ssl_policy = \"ELBSecurityPolicy-TLS13-1-2-2021-06\"", reference: "AWS FSBP ELB.17")
    ) { listener, _ in
        guard ["HTTPS", "TLS"].contains(listener.values.known("protocol").string) else { return [] }
        guard let policy = listener.values.known("ssl_policy").string else {
            return listener.values.faults("ssl_policy", .present)
        }
        return modernPolicies.contains(where: policy.hasPrefix) ? [] : [.broken("ssl_policy is \(policy)")]
    },
    PolicyRule(
        "balancer.redirect", on: ["aws_lb_listener", "aws_alb_listener"],
        says: PolicyText(
            "plain HTTP is only sent on to HTTPS", why: "cookies and files pass the network in clear",
            fix:
                "default_action of type redirect, with protocol = \"HTTPS\" and status_code = \"HTTP_301\"",
            reference: "AWS FSBP ELB.1")
    ) { listener, _ in redirectFaults(listener) },
    PolicyRule(
        "balancer.waf", in: [.critical], on: ["aws_lb", "aws_alb"],
        says: PolicyText(
            "public load balancers of critical environments stand behind a web firewall",
            why: "floods and known attacks reach the application", fix: "an aws_wafv2_web_acl_association with its ARN",
            reference: "AWS FSBP ELB.16")
    ) { balancer, scope in
        guard ["application", nil].contains(balancer.values.known("load_balancer_type").string),
            balancer.values.known("internal") != .value(.boolean(true))
        else { return [] }
        return scope.faults(balancer, needs: "aws_wafv2_web_acl_association", by: "resource_arn") { _ in [] }
    },
]

private let modernPolicies = [
    "ELBSecurityPolicy-TLS13-1-2-", "ELBSecurityPolicy-TLS13-1-3-", "ELBSecurityPolicy-TLS-1-2-",
    "ELBSecurityPolicy-FS-1-2-",
]

private func redirectFaults(_ listener: PolicyResource) -> [PolicyFault] {
    guard listener.values.known("protocol") != .unknown else { return [.unknown("protocol is known only after apply")] }
    guard listener.values.known("protocol").string == "HTTP" else { return [] }
    guard let actions = listener.values.blocks("default_action") else {
        return [.unknown("default_action is known only after apply")]
    }
    let isRedirect = actions.contains { $0.known("type").string == "redirect" }
    guard isRedirect, actions.count == 1 else {
        return [
            .broken("HTTP is answered by \(actions.compactMap { $0.known("type").string }.joined(separator: ", "))")
        ]
    }
    return actions[0].faults("redirect.0.protocol", .oneOf(["HTTPS"]))
}

/// Rules inside the group. A group without any says nothing before apply; then its rules stand apart, and are looked at
/// there.
private func inlineFaults(_ group: PolicyResource, _ scope: PolicyScope) -> [PolicyFault] {
    guard let rules = group.values.blocks("ingress") else {
        let hasOwnRules = [
            "aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule", "aws_security_group_rule",
        ].contains {
            if case .found = scope.companions($0, of: group, by: "security_group_id") { true } else { false }
        }
        return hasOwnRules && !group.isConfigured("ingress") ? [] : [.unknown("ingress is known only after apply")]
    }
    return rules.flatMap { IngressRule(inline: $0).faults }
}

/// What lets traffic in, whichever way it is written.
private struct IngressRule {
    private let rule: MarkedValue
    private let ranges: [String]
    private let proto: String

    init(_ rule: MarkedValue, ranges: [String], proto: String) {
        (self.rule, self.ranges, self.proto) = (rule, ranges, proto)
    }

    init(inline rule: MarkedValue) { self.init(rule, ranges: ["cidr_blocks", "ipv6_cidr_blocks"], proto: "protocol") }

    var faults: [PolicyFault] {
        let sources = ranges.flatMap { rule.texts($0) ?? [nil] }
        let everybody = sources.compactMap(\.self).filter(isInternet)
        guard !isOpenPort else { return [] }
        if !everybody.isEmpty { return [.broken("\(portText) is open to \(everybody.joined(separator: ", "))")] }
        if sources.contains(nil) { return [.unknown("its source is known only after apply")] }
        let lists = ["prefix_list_ids", "prefix_list_id"].flatMap { rule.texts($0) ?? [nil] }
        return lists.allSatisfy { $0 == "" } ? [] : [.unknown("what its prefix list holds is not in the plan")]
    }

    private var isOpenPort: Bool {
        let (from, to) = (rule.known("from_port").value?.integer, rule.known("to_port").value?.integer)
        return rule.known(proto).string == "tcp" && from == to && (from == 80 || from == 443)
    }

    private var portText: String {
        guard let proto = rule.known(self.proto).string, proto != "-1", proto != "all" else {
            return "every port and protocol"
        }
        let (from, to) = (rule.at("from_port").text, rule.at("to_port").text)
        return from == to ? "\(proto) \(from)" : "\(proto) \(from)-\(to)"
    }
}

/// Whether a range is so wide that it holds most of the internet, if only in two halves.
private func isInternet(_ range: String) -> Bool {
    guard let slash = range.lastIndex(of: "/"), let length = Int(range[range.index(after: slash)...]) else {
        return false
    }
    guard range.contains(":") else { return length < 8 }
    // fc00::/7 are addresses that no router of the internet forwards.
    let isPrivate = length >= 7 && ["fc", "fd"].contains(range.prefix(2).lowercased())
    return length < 16 && !isPrivate
}
