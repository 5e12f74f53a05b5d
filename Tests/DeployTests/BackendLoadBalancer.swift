import AWSClient
import Deploy
import HTTPClient
import OpsModel
import TestSupport
import Testing

/// A load balancer in moto with two target groups, of which blue has the traffic.
struct LoadBalancerLab: Sendable {
    let aws: TestAWS
    let session: AWSSession
    let groups: [Slot: String]
    let listener: String
    let rule: String

    init(_ aws: TestAWS) async throws {
        self.aws = aws
        let session = try aws.session()
        self.session = session
        func ask(_ service: AWSService, _ action: String, _ parameters: [String: String]) async throws -> AWSDocument {
            try await session.ask(.query(service, action, parameters))
        }
        let (vpc, subnets) = try await Self.network(session, aws)
        let balancer = try #require(
            try await ask(.loadBalancing, "CreateLoadBalancer", subnets.merging(["Name": aws.name]) { $1 })
                .text("LoadBalancers", "member", "LoadBalancerArn"))
        var groups: [Slot: String] = [:]
        for slot in Slot.allCases {
            let made = try await ask(
                .loadBalancing, "CreateTargetGroup",
                ["Name": "\(aws.name)-\(slot.rawValue)", "Protocol": "HTTP", "Port": "8080", "VpcId": vpc])
            groups[slot] = try #require(made.text("TargetGroups", "member", "TargetGroupArn"))
        }
        self.groups = groups
        let forward = Self.forward("DefaultActions", groups, [.blue: 1, .green: 0])
        listener = try #require(
            try await ask(
                .loadBalancing, "CreateListener",
                ["LoadBalancerArn": balancer, "Port": "80", "Protocol": "HTTP"].merging(forward) { $1 }
            ).text("Listeners", "member", "ListenerArn"))
        let condition = [
            "ListenerArn": listener, "Priority": "1", "Conditions.member.1.Field": "path-pattern",
            "Conditions.member.1.Values.member.1": "/*",
        ]
        rule = try #require(
            try await ask(
                .loadBalancing, "CreateRule",
                condition.merging(Self.forward("Actions", groups, [.blue: 1, .green: 0])) { $1 }
            ).text("Rules", "member", "RuleArn"))
    }

    /// A network with a subnet in each of two zones. - Returns: the subnets as members of a request.
    private static func network(
        _ session: AWSSession, _ aws: TestAWS
    ) async throws -> (vpc: String, subnets: [String: String]) {
        let made = try await session.ask(.query(.ec2, "CreateVpc", ["CidrBlock": "10.8.0.0/16"]))
        let vpc = try #require(made.text("vpc", "vpcId"))
        var subnets: [String: String] = [:]
        for (index, zone) in ["a", "b"].enumerated() {
            let parameters = [
                "VpcId": vpc, "CidrBlock": "10.8.\(index).0/24", "AvailabilityZone": "\(aws.region)\(zone)",
            ]
            let subnet = try await session.ask(.query(.ec2, "CreateSubnet", parameters))
            subnets["Subnets.member.\(index + 1)"] = try #require(subnet.text("subnet", "subnetId"))
        }
        return (vpc, subnets)
    }

    static func forward(_ list: String, _ groups: [Slot: String], _ weights: [Slot: Int]) -> [String: String] {
        var parameters = ["\(list).member.1.Type": "forward"]
        for (index, slot) in Slot.allCases.enumerated() {
            let key = "\(list).member.1.ForwardConfig.TargetGroups.member.\(index + 1)"
            parameters["\(key).TargetGroupArn"] = groups[slot]
            parameters["\(key).Weight"] = String(weights[slot] ?? 0)
        }
        return parameters
    }

    func place(timeout: Duration = .seconds(10)) throws -> AWSPlace {
        AWSPlace(try aws.access(account: aws.account), region: aws.region, http: HTTPClient(), timeout: timeout)
    }

    func router(asRule: Bool = true, timeout: Duration = .seconds(10)) throws -> ELBv2Router {
        ELBv2Router(
            asRule ? .rule(arn: rule) : .listener(arn: listener), blue: groups[.blue] ?? "",
            green: groups[.green] ?? "", place: try place(timeout: timeout),
            frontend: RouterFrontend(url: "http://app.example", previewToken: Secret("hunter2")))
    }

    /// Changes the rule behind opsctl's back. - Parameter further: other members of the request.
    func setByHand(
        asRule: Bool = true, _ weights: [Slot: Int], _ further: [String: String] = [:]
    ) async throws {
        let list = asRule ? "Actions" : "DefaultActions"
        let target = asRule ? ["RuleArn": rule] : ["ListenerArn": listener]
        let parameters = Self.forward(list, groups, weights).merging(target) { $1 }.merging(further) { $1 }
        _ = try await session.ask(.query(.loadBalancing, asRule ? "ModifyRule" : "ModifyListener", parameters))
    }

    func bench(asRule: Bool) throws -> RouterBench {
        RouterBench(
            router: try router(asRule: asRule),
            changeByHand: { try await setByHand(asRule: asRule, [.blue: 50, .green: 50]) }, secret: "hunter2")
    }
}
