import AWSClient

/// A network.
package enum VPC: AWSKind {
    package static let kind = "aws.vpc"
    package static let locators = ["vpc"]
    package static let questions: [AWSQuestion] = [
        AWSQuestion(
            needs: "ec2:DescribeVpcs",
            settings: [
                .text(
                    "cidr", "10.20.0.0/16", "Has the network the declared addresses?",
                    why: "another range is another network, or collides with a peer",
                    flaw: ("another range", "10.99.0.0/16")
                ) { $0.text("cidrBlock") }
            ]
        ) { try await $0.one(.query(.ec2, "DescribeVpcs", ["VpcId.1": $0.id]), at: "vpcSet", "item") },
        AWSQuestion(
            needs: "ec2:DescribeSecurityGroups",
            settings: [
                .number(
                    "default_security_group_rules", 0, "Does the default security group let nothing through?",
                    why: "whatever is started without a group of its own gets these rules",
                    flaw: ("a rule was added to the default group", 1),
                    fix:
                        "aws ec2 describe-security-groups --filters Name=vpc-id,Values={id} Name=group-name,Values=default"
                ) { groups in
                    let group = groups.all("securityGroupInfo", "item")
                    return Double(
                        group.flatMap { SecurityGroup.rules($0, "ipPermissions") }.count
                            + group.flatMap { SecurityGroup.rules($0, "ipPermissionsEgress") }.count)
                }
            ]
        ) { asking in
            try await asking.list("DescribeSecurityGroups", ["vpc-id": asking.id, "group-name": "default"])
        },
        AWSQuestion(
            needs: "ec2:DescribeFlowLogs",
            settings: [
                .text(
                    "flow_logs", "ALL", "Is the traffic of the network logged?",
                    why: "after a break-in nobody could tell what was taken",
                    flaw: ("the flow log was deleted", "")
                ) { logs in
                    let active = logs.all("flowLogSet", "item").filter {
                        $0.text("flowLogStatus") == "ACTIVE" && $0.text("deliverLogsStatus") != "FAILED"
                    }
                    let types = Set(active.compactMap { $0.text("trafficType") })
                    return types.contains("ALL") || types.isSuperset(of: ["ACCEPT", "REJECT"])
                        ? "ALL" : types.sorted().first
                }
            ]
        ) { try await $0.list("DescribeFlowLogs", ["resource-id": $0.id]) },
        AWSQuestion(
            needs: "ec2:DescribeNatGateways",
            settings: [
                .number(
                    "nat_gateways", 2, "Has the network its ways out?",
                    why:
                        "without one the app cannot reach other services; with one too many there is a way out nobody knows",
                    flaw: ("one of two is gone", 1),
                    fix: "aws ec2 describe-nat-gateways --filter Name=vpc-id,Values={id}"
                ) { gateways in
                    let states = gateways.texts("natGatewaySet", "item", "state")
                    return Double(states.count { $0 == "available" || $0 == "pending" })
                }
            ]
        ) { try await $0.list("DescribeNatGateways", ["vpc-id": $0.id]) },
        AWSQuestion(
            needs: "ec2:DescribeSubnets",
            settings: [
                .number(
                    "zones", 3, "Does the network reach over all its zones?",
                    why: "a zone that fails would take everything with it",
                    flaw: ("the subnets of one zone are gone", 2)
                ) { Double(Set($0.texts("subnetSet", "item", "availabilityZone")).count) }
            ]
        ) { try await $0.list("DescribeSubnets", ["vpc-id": $0.id]) },
    ]
}

extension AWSQuestioner {
    /// Every page of one of EC2's lists.
    fileprivate func list(_ action: String, _ filters: [String: String]) async throws -> AWSDocument {
        var parameters: [String: String] = [:]
        for (index, filter) in filters.sorted(by: { $0.key < $1.key }).enumerated() {
            parameters["Filter.\(index + 1).Name"] = filter.key
            parameters["Filter.\(index + 1).Value.1"] = filter.value
        }
        return try await session.askAll { token in
            .query(.ec2, action, parameters.merging(token.map { ["NextToken": $0] } ?? [:]) { $1 })
        } next: {
            $0.text("nextToken")
        }
    }
}
