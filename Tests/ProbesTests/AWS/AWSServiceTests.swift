import AWSClient
import OpsModel
import TestSupport
import Testing

@testable import Probes

@Suite(.enabled(if: AWSEmulator.isThere, "\(AWSEmulator.reason)")) struct AWSServiceTests {
    /// A load balancer with two target groups, of which blue has all the weight.
    private struct Front {
        let balancer: String
        let listener: String
        let groups: [String]

        var promised: [String: AWSValue] {
            ["protocol": "HTTP", "target_groups": .list(groups), "live_slots": 1]
        }

        static func weights(_ groups: [String], _ weights: [Int]) -> [String: String] {
            var parameters = ["DefaultActions.member.1.Type": "forward"]
            for (index, group) in groups.enumerated() {
                let key = "DefaultActions.member.1.ForwardConfig.TargetGroups.member.\(index + 1)"
                parameters["\(key).TargetGroupArn"] = group
                parameters["\(key).Weight"] = String(weights[index])
            }
            return parameters
        }
    }

    private func makeGroup(_ lab: AWSLab, _ name: String, vpc: String) async throws -> String {
        let made = try await lab.query(
            .loadBalancing, "CreateTargetGroup",
            ["Name": "\(lab.name)-\(name)", "Protocol": "HTTP", "Port": "8080", "VpcId": vpc])
        return try #require(made.text("TargetGroups", "member", "TargetGroupArn"))
    }

    private func makeFront(_ lab: AWSLab) async throws -> (front: Front, vpc: String) {
        let (vpc, subnets) = try await lab.makeNetwork()
        let made = try await lab.query(
            .loadBalancing, "CreateLoadBalancer",
            ["Name": lab.name, "Subnets.member.1": subnets[0], "Subnets.member.2": subnets[1]])
        let balancer = try #require(made.text("LoadBalancers", "member", "LoadBalancerArn"))
        let groups = [
            try await makeGroup(lab, "blue", vpc: vpc), try await makeGroup(lab, "green", vpc: vpc),
        ]
        let listening = try await lab.query(
            .loadBalancing, "CreateListener",
            ["LoadBalancerArn": balancer, "Port": "80", "Protocol": "HTTP"].merging(
                Front.weights(groups, [100, 0])
            ) { $1 })
        let listener = try #require(listening.text("Listeners", "member", "ListenerArn"))
        return (Front(balancer: balancer, listener: listener, groups: groups), vpc)
    }

    @Test(arguments: [([50, 50], "2"), ([0, 0], "0")])
    func trafficThatIsSplitOrGoesNowhereFails(_ weights: [Int], _ observed: String) async throws {
        try await withAWSEmulator { aws in
            let lab = try AWSLab(aws)
            let front = try await makeFront(lab).front
            #expect(try await lab.look(Listener.self, front.listener, front.promised).troubles == [])
            try await lab.query(
                .loadBalancing, "ModifyListener",
                ["ListenerArn": front.listener].merging(Front.weights(front.groups, weights)) { $1 })
            let results = try await lab.look(Listener.self, front.listener, front.promised)
            #expect(results.troubles == ["live_slots fail"])
            #expect(results["live_slots"]?.observed == observed)
        }
    }

    @Test func aRuleThatSendsTrafficToAnotherGroupFails() async throws {
        try await withAWSEmulator { aws in
            let lab = try AWSLab(aws)
            let (front, vpc) = try await makeFront(lab)
            let rogue = try await makeGroup(lab, "rogue", vpc: vpc)
            try await lab.query(
                .loadBalancing, "CreateRule",
                [
                    "ListenerArn": front.listener, "Priority": "1", "Conditions.member.1.Field": "path-pattern",
                    "Conditions.member.1.Values.member.1": "/login", "Actions.member.1.Type": "forward",
                    "Actions.member.1.TargetGroupArn": rogue,
                ])
            let results = try await lab.look(Listener.self, front.listener, front.promised)
            #expect(results.troubles == ["target_groups fail"])
            let observed = try #require(results["target_groups"]?.observed)
            #expect(observed.hasPrefix("in excess: ") && observed.contains(rogue) && observed.contains(", rule arn:"))
        }
    }

    @Test func aRuleThatAnswersInPlaceOfTheAppFails() async throws {
        try await withAWSEmulator { aws in
            let lab = try AWSLab(aws)
            let front = try await makeFront(lab).front
            let action = "Actions.member.1"
            try await lab.query(
                .loadBalancing, "CreateRule",
                [
                    "ListenerArn": front.listener, "Priority": "1", "Conditions.member.1.Field": "path-pattern",
                    "Conditions.member.1.Values.member.1": "/login", "\(action).Type": "redirect",
                    "\(action).RedirectConfig.Protocol": "HTTPS", "\(action).RedirectConfig.Host": "example.org",
                    "\(action).RedirectConfig.StatusCode": "HTTP_301",
                ])
            let results = try await lab.look(Listener.self, front.listener, front.promised)
            #expect(results.troubles == ["target_groups fail"])
            #expect(results["target_groups"]?.observed.hasPrefix("in excess: action redirect, rule arn:") == true)
        }
    }

    @Test func aListenerThatForwardsInPlaceOfRedirectingFails() async throws {
        try await withAWSEmulator { aws in
            let lab = try AWSLab(aws)
            let front = try await makeFront(lab).front
            let promised: [String: AWSValue] = ["redirect": "HTTPS:443:HTTP_301"]
            #expect(try await lab.look(Listener.self, front.listener, promised).troubles == ["redirect fail"])
            let action = "DefaultActions.member.1"
            try await lab.query(
                .loadBalancing, "ModifyListener",
                [
                    "ListenerArn": front.listener, "\(action).Type": "redirect",
                    "\(action).RedirectConfig.Protocol": "HTTPS", "\(action).RedirectConfig.Port": "443",
                    "\(action).RedirectConfig.StatusCode": "HTTP_301",
                ])
            #expect(try await lab.look(Listener.self, front.listener, promised).troubles == [])
        }
    }

    @Test func aLoadBalancerThatLostItsProtectionFails() async throws {
        try await withAWSEmulator { aws in
            let lab = try AWSLab(aws)
            let front = try await makeFront(lab).front
            let attributes = [
                "deletion_protection.enabled": "true", "routing.http.drop_invalid_header_fields.enabled": "true",
            ]
            try await set(attributes, of: front, lab)
            let promised: [String: AWSValue] = [
                "deletion_protection": true, "drop_invalid_headers": true, "web_acl": .none,
            ]
            #expect(try await lab.look(LoadBalancer.self, front.balancer, promised).troubles == [])
            try await set(attributes.mapValues { _ in "false" }, of: front, lab)
            #expect(
                try await lab.look(LoadBalancer.self, front.balancer, promised).troubles
                    == ["deletion_protection fail", "drop_invalid_headers fail"])
        }
    }

    private func set(_ attributes: [String: String], of front: Front, _ lab: AWSLab) async throws {
        var parameters = ["LoadBalancerArn": front.balancer]
        for (index, attribute) in attributes.enumerated() {
            parameters["Attributes.member.\(index + 1).Key"] = attribute.key
            parameters["Attributes.member.\(index + 1).Value"] = attribute.value
        }
        try await lab.query(.loadBalancing, "ModifyLoadBalancerAttributes", parameters)
    }

    @Test func aFirewallThatWasTakenAwayOrOnlyCountsFails() async throws {
        try await withAWSEmulator { aws in
            let lab = try AWSLab(aws)
            let front = try await makeFront(lab).front
            let (arn, id) = try await makeFirewall(lab)
            let promised: [String: AWSValue] = ["rate_limit": 2000, "default_action": "allow"]
            let scope = ["scope": "REGIONAL"]
            #expect(try await lab.look(WebACL.self, arn, at: scope, promised).troubles == [])
            let behind: [String: AWSValue] = ["web_acl": .text(arn)]
            #expect(try await lab.look(LoadBalancer.self, front.balancer, behind).troubles == ["web_acl fail"])
            try await lab.json(
                .wafv2, "AssociateWebACL", ["WebACLArn": .text(arn), "ResourceArn": .text(front.balancer)])
            #expect(try await lab.look(LoadBalancer.self, front.balancer, behind).troubles == [])

            let token = try await lab.json(
                .wafv2, "GetWebACL", ["Name": .text(lab.name), "Id": .text(id), "Scope": "REGIONAL"])
            var changed = firewall(lab, action: "Count")
            changed["Id"] = .text(id)
            changed["LockToken"] = .text(try #require(token.text("LockToken")))
            try await lab.json(.wafv2, "UpdateWebACL", changed)
            #expect(try await lab.look(WebACL.self, arn, at: scope, promised).troubles == ["rate_limit fail"])
        }
    }

    @Test func aLimitForAPartOfTheRequestsIsNone() async throws {
        try await withAWSEmulator { aws in
            let lab = try AWSLab(aws)
            let narrowed: AWSInput = [
                "Limit": 2000, "AggregateKeyType": "IP",
                "ScopeDownStatement": ["GeoMatchStatement": ["CountryCodes": ["AQ"]]],
            ]
            let made = try await lab.json(.wafv2, "CreateWebACL", firewall(lab, action: "Block", limit: narrowed))
            let arn = try #require(made.text("Summary", "ARN"))
            let promised: [String: AWSValue] = ["rate_limit": 2000, "default_action": "allow"]
            let results = try await lab.look(WebACL.self, arn, at: ["scope": "REGIONAL"], promised)
            #expect(results.troubles == ["rate_limit fail"])
        }
    }

    private func makeFirewall(_ lab: AWSLab) async throws -> (arn: String, id: String) {
        let made = try await lab.json(.wafv2, "CreateWebACL", firewall(lab, action: "Block"))
        return (try #require(made.text("Summary", "ARN")), try #require(made.text("Summary", "Id")))
    }

    private func firewall(
        _ lab: AWSLab, action: String, limit: AWSInput = ["Limit": 2000, "AggregateKeyType": "IP"]
    ) -> [String: AWSInput] {
        let seen: AWSInput = [
            "SampledRequestsEnabled": true, "CloudWatchMetricsEnabled": true, "MetricName": .text(lab.name),
        ]
        return [
            "Name": .text(lab.name), "Scope": "REGIONAL", "DefaultAction": ["Allow": .members([:])],
            "VisibilityConfig": seen,
            "Rules": [
                [
                    "Name": "rate", "Priority": 1, "Action": .members([action: .members([:])]),
                    "VisibilityConfig": seen,
                    "Statement": ["RateBasedStatement": limit],
                ]
            ],
        ]
    }
}
