import AWSClient
import HTTPClient
import OpsModel
import TestSupport
import Testing

@testable import Probes

/// Against an emulator that checks signatures and rights.
@Suite(.enabled(if: AWSEmulator.isThere, "\(AWSEmulator.reason)")) struct AWSRightsTests {
    private struct User {
        let aws: TestAWS
        let vpc: String
        let keys: [String: String]

        func look(keys: [String: String]) async throws -> [String: CheckResult] {
            let expectation = AWSExpectation(
                environment: "test", region: aws.region, id: vpc, locator: ["vpc": vpc],
                settings: ["cidr": "10.0.0.0/16", "flow_logs": "ALL"])
            let subject = AWSSubject<VPC>(expectation, access: try aws.access(keys: keys))
            let target = ProbeTarget(name: "t", subject: subject, timeout: .seconds(30))
            let report = await ProbeRun(environment: "test", targets: [target]).once()
            return Dictionary(report.checks.map { ($0.shortName, $0) }, uniquingKeysWith: { first, _ in first })
        }
    }

    /// A user that may ask for networks alone; the emulator lets the four actions of this through.
    private func withUser(_ body: (User) async throws -> Void) async throws {
        try await withStrictAWSEmulator(after: 4) { aws in
            let session = try aws.session()
            let made = try await session.ask(.query(.ec2, "CreateVpc", ["CidrBlock": "10.0.0.0/16"]))
            _ = try await session.ask(.query(.iam, "CreateUser", ["UserName": "probe"]))
            let policy = """
                {"Version": "2012-10-17", "Statement": \
                [{"Effect": "Allow", "Action": "ec2:DescribeVpcs", "Resource": "*"}]}
                """
            _ = try await session.ask(
                .query(
                    .iam, "PutUserPolicy",
                    ["UserName": "probe", "PolicyName": "probe", "PolicyDocument": policy]))
            let key = try await session.ask(.query(.iam, "CreateAccessKey", ["UserName": "probe"]))
            let keys = [
                "AWS_ACCESS_KEY_ID": try #require(key.text("AccessKey", "AccessKeyId")),
                "AWS_SECRET_ACCESS_KEY": try #require(key.text("AccessKey", "SecretAccessKey")),
            ]
            try await body(User(aws: aws, vpc: try #require(made.text("vpc", "vpcId")), keys: keys))
        }
    }

    @Test func aMissingRightIsNamedAndSaysNothingOfTheResource() async throws {
        try await withUser { user in
            let results = try await user.look(keys: user.keys)
            #expect(results["exists"]?.status == .pass && results["cidr"]?.status == .pass)
            let logs = try #require(results["flow_logs"])
            #expect(logs.status == .unknown && logs.reason == .authorization)
            #expect(logs.fix == "grant ec2:DescribeFlowLogs to the role that probes")
        }
    }

    @Test func aWrongSecretIsNotAcceptedAndNothingIsKnown() async throws {
        try await withUser { user in
            let results = try await user.look(
                keys: user.keys.merging(["AWS_SECRET_ACCESS_KEY": "another"]) { $1 })
            #expect(results["exists"]?.status == .unknown && results["exists"]?.reason == .authentication)
            #expect(results["cidr"]?.status == .blocked)
        }
    }
}
