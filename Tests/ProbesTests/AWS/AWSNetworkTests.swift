import AWSClient
import OpsModel
import TestSupport
import Testing

@testable import Probes

@Suite(.enabled(if: AWSEmulator.isThere, "\(AWSEmulator.reason)")) struct AWSNetworkTests {
    private func makeNetwork(_ lab: AWSLab) async throws -> String {
        let vpc = try await lab.makeNetwork().vpc
        let groups = try await lab.query(
            .ec2, "DescribeSecurityGroups", ["Filter.1.Name": "vpc-id", "Filter.1.Value.1": vpc])
        let group = try #require(groups.texts("securityGroupInfo", "item", "groupId").first)
        try await lab.query(.ec2, "RevokeSecurityGroupEgress", everything(group))
        return vpc
    }

    private func everything(_ group: String) -> [String: String] {
        [
            "GroupId": group, "IpPermissions.1.IpProtocol": "-1", "IpPermissions.1.IpRanges.1.CidrIp": "0.0.0.0/0",
        ]
    }

    private func rule(_ group: String, port: Int, from cidr: String) -> [String: String] {
        [
            "GroupId": group, "IpPermissions.1.IpProtocol": "tcp", "IpPermissions.1.FromPort": "\(port)",
            "IpPermissions.1.ToPort": "\(port)", "IpPermissions.1.IpRanges.1.CidrIp": cidr,
        ]
    }

    @Test func aNetworkAsPromisedPassesAndWhatIsMissingInItFails() async throws {
        try await withAWSEmulator { aws in
            let lab = try AWSLab(aws)
            let vpc = try await makeNetwork(lab)
            let promised: [String: AWSValue] = [
                "cidr": "10.8.0.0/16", "default_security_group_rules": 0, "zones": 2, "nat_gateways": 0,
            ]
            #expect(try await lab.look(VPC.self, vpc, promised).troubles == [])
            var more = promised
            (more["flow_logs"], more["nat_gateways"], more["zones"]) = ("ALL", 1, 3)
            let results = try await lab.look(VPC.self, vpc, more)
            #expect(results.troubles == ["flow_logs fail", "nat_gateways fail", "zones fail"])
            #expect(results["flow_logs"]?.observed == "none")
        }
    }

    @Test(arguments: [("SUCCESS", AWSValue.text("ALL")), ("FAILED", .none)])
    func aFlowLogThatArrivesNowhereIsNone(_ status: String, _ seen: AWSValue) throws {
        let log = AWSDocument(
            "item",
            children: [
                AWSDocument("flowLogStatus", text: "ACTIVE"), AWSDocument("deliverLogsStatus", text: status),
                AWSDocument("trafficType", text: "ALL"),
            ])
        let setting = try #require(VPC.settings.first { $0.key == "flow_logs" })
        let answer = AWSDocument("", children: [AWSDocument("flowLogSet", children: [log])])
        #expect(try setting.read(answer) == seen)
    }

    @Test func aRuleThatWasAddedToTheDefaultGroupFails() async throws {
        try await withAWSEmulator { aws in
            let lab = try AWSLab(aws)
            let vpc = try await makeNetwork(lab)
            let groups = try await lab.query(
                .ec2, "DescribeSecurityGroups", ["Filter.1.Name": "vpc-id", "Filter.1.Value.1": vpc])
            let group = try #require(groups.texts("securityGroupInfo", "item", "groupId").first)
            try await lab.query(.ec2, "AuthorizeSecurityGroupIngress", rule(group, port: 22, from: "0.0.0.0/0"))
            let results = try await lab.look(VPC.self, vpc, ["default_security_group_rules": 0])
            #expect(results.troubles == ["default_security_group_rules fail"])
        }
    }

    @Test func aRuleThatWasAddedFailsAndIsNamed() async throws {
        try await withAWSEmulator { aws in
            let lab = try AWSLab(aws)
            let vpc = try await makeNetwork(lab)
            let made = try await lab.query(
                .ec2, "CreateSecurityGroup",
                ["GroupName": lab.name, "GroupDescription": "test", "VpcId": vpc])
            let group = try #require(made.text("groupId"))
            try await lab.query(.ec2, "RevokeSecurityGroupEgress", everything(group))
            try await lab.query(.ec2, "AuthorizeSecurityGroupIngress", rule(group, port: 5432, from: "10.8.0.0/24"))
            let promised: [String: AWSValue] = ["ingress": ["tcp:5432-5432:10.8.0.0/24"], "egress": []]
            #expect(try await lab.look(SecurityGroup.self, group, promised).troubles == [])

            try await lab.query(.ec2, "AuthorizeSecurityGroupIngress", rule(group, port: 22, from: "0.0.0.0/0"))
            try await lab.query(.ec2, "AuthorizeSecurityGroupEgress", everything(group))
            let results = try await lab.look(SecurityGroup.self, group, promised)
            #expect(results.troubles == ["egress fail", "ingress fail"])
            #expect(results["ingress"]?.observed == "in excess: tcp:22-22:0.0.0.0/0")
            #expect(results["ingress"]?.status == .fail && results["ingress"]?.reason == .policy)
            #expect(results["ingress"]?.fix?.contains("--filters Name=group-id,Values=\(group)") == true)
        }
    }

    @Test func aResourceThatIsGoneFailsOnceAndBlocksTheRest() async throws {
        try await withAWSEmulator { aws in
            let results = try await AWSLab(aws).look(VPC.self, "vpc-00000000000000000", ["cidr": "10.0.0.0/8"])
            #expect(results["exists"]?.status == .fail)
            #expect(results["exists"]?.observed == "does not exist")
            #expect(results["cidr"]?.status == .blocked && results["cidr"]?.blockedBy == "t.exists")
        }
    }
}
