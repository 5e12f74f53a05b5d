import AWSClient

/// A port of a load balancer. Who moves traffic between its groups is the rollout; that exactly one has it is asked here.
package enum Listener: AWSKind {
    package static let kind = "aws.listener"
    package static let locators = ["listener"]
    package static let questions: [AWSQuestion] = [
        AWSQuestion(needs: "elasticloadbalancing:DescribeListeners", settings: tls + [liveSlots, redirect]) {
            try await $0.one(
                .query(.loadBalancing, "DescribeListeners", ["ListenerArns.member.1": $0.id]), at: "Listeners",
                "member")
        },
        AWSQuestion(
            needs: "elasticloadbalancing:DescribeRules",
            settings: [
                .list(
                    "target_groups", ["arn:aws:…:targetgroup/blue", "arn:aws:…:targetgroup/green"],
                    "Does traffic go only to the declared groups?",
                    why: "a rule that somebody added sends customers elsewhere",
                    flaw: (
                        "a rule sends traffic to another group",
                        ["arn:aws:…:targetgroup/blue", "arn:aws:…:targetgroup/green", "arn:aws:…:targetgroup/rogue"]
                    ),
                    fix: "aws elbv2 describe-rules --listener-arn {id}"
                ) { $0.all("Rules", "member").flatMap(destinations) }
            ]
        ) { asking in
            try await asking.session.askAll { marker in
                .query(
                    .loadBalancing, "DescribeRules",
                    ["ListenerArn": asking.id].merging(marker.map { ["Marker": $0] } ?? [:]) { $1 })
            } next: {
                $0.text("NextMarker")
            }
        },
    ]

    private static let tls: [AWSSetting] = [
        .text(
            "protocol", "HTTPS", "Does it speak what it should?", why: "plain HTTP could be read on the way",
            flaw: ("it speaks plain HTTP", "HTTP"), fix: "aws elbv2 describe-listeners --listener-arns {id}"
        ) { $0.text("Protocol") },
        .text(
            "tls_policy", "ELBSecurityPolicy-TLS13-1-2-2021-06", "Are only safe versions of TLS accepted?",
            why: "an old version can be broken", flaw: ("a policy with TLS 1.0", "ELBSecurityPolicy-2016-08"),
            fix: "aws elbv2 modify-listener --listener-arn {id} --ssl-policy NAME"
        ) { $0.text("SslPolicy") },
        .text(
            "certificate", "arn:aws:acm:eu-central-1:123456789012:certificate/a",
            "Does it show the declared certificate?", why: "browsers refuse another one, or it is not renewed",
            flaw: ("another certificate", "arn:aws:acm:eu-central-1:123456789012:certificate/b"),
            fix: "aws elbv2 modify-listener --listener-arn {id} --certificates CertificateArn=ARN"
        ) { $0.all("Certificates", "member").first?.text("CertificateArn") },
    ]

    private static let liveSlots = AWSSetting.number(
        "live_slots", 1, "Has exactly one slot all the traffic?",
        why: "traffic is split, or goes nowhere, while no rollout is open: two releases answer at once",
        flaw: ("traffic is split between both slots", 2),
        fix: "opsctl deploy status --env {environment}; then give one group all the weight: "
            + "aws elbv2 modify-listener --listener-arn {id} --default-actions file://actions.json"
    ) { Double(groups($0, "DefaultActions").count { $0.weight > 0 }) }

    private static let redirect = AWSSetting.text(
        "redirect", "HTTPS:443:HTTP_301", "Does it lead to HTTPS?",
        why: "the first request of every visitor could be read and changed on the way",
        flaw: ("it forwards in place of redirecting", ""),
        fix: "aws elbv2 describe-listeners --listener-arns {id}"
    ) { listener in
        listener.all("DefaultActions", "member").first { $0.text("Type") == "redirect" }?["RedirectConfig"].map {
            [$0.text("Protocol"), $0.text("Port"), $0.text("StatusCode")].map { $0 ?? "-" }.joined(separator: ":")
        }
    }

    /// Where a rule sends traffic. The module makes the default rule alone, which forwards.
    private static func destinations(_ rule: AWSDocument) -> [String] {
        let others = rule.all("Actions", "member").compactMap { $0.text("Type") }.filter { $0 != "forward" }
        return groups(rule, "Actions").map(\.arn) + others.map { "action \($0)" }
            + (rule.flag("IsDefault") ? [] : ["rule \(rule.text("RuleArn") ?? "without a name")"])
    }

    /// Target groups that the actions of a listener or rule forward to. Without weights there is one, which has it all.
    private static func groups(_ owner: AWSDocument, _ actions: String) -> [(arn: String, weight: Double)] {
        owner.all(actions, "member").filter { $0.text("Type") == "forward" }.flatMap { action in
            let weighted = action.all("ForwardConfig", "TargetGroups", "member").compactMap { group in
                group.text("TargetGroupArn").map { (arn: $0, weight: group.number("Weight") ?? 1) }
            }
            return weighted.isEmpty ? action.texts("TargetGroupArn").map { (arn: $0, weight: 1) } : weighted
        }
    }
}
