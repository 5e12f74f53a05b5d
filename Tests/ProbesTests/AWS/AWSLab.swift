import AWSClient
import OpsModel
import TestSupport
import Testing

@testable import Probes

/// Makes resources in the emulator, changes them by hand and looks at them.
struct AWSLab {
    let aws: TestAWS
    let session: AWSSession

    init(_ aws: TestAWS) throws {
        self.aws = aws
        session = try aws.session()
    }

    var name: String { aws.name }

    @discardableResult
    func query(_ service: AWSService, _ action: String, _ parameters: [String: String] = [:]) async throws
        -> AWSDocument
    {
        try await session.ask(.query(service, action, parameters))
    }

    @discardableResult
    func json(_ service: AWSService, _ action: String, _ members: [String: AWSInput]) async throws -> AWSDocument {
        try await session.ask(.json(service, action, members))
    }

    @discardableResult
    func put(
        _ bucket: String, _ part: String? = nil, _ body: String, headers: [(name: String, value: String)] = []
    ) async throws -> AWSDocument {
        let query = part.map { [(name: $0, value: "")] } ?? []
        var call = AWSCall.rest(.s3, "PUT", "/\(bucket)", query: query, permission: "Put\(part ?? "Bucket")")
        call.body = Array(body.utf8)
        call.headers = headers
        do {
            return try await session.ask(call)
        } catch AWSError.unreadable {
            return .empty  // moto answers some changes that worked with no XML
        }
    }

    /// A network with a subnet in each of two zones.
    func makeNetwork() async throws -> (vpc: String, subnets: [String]) {
        let vpc = try #require(try await query(.ec2, "CreateVpc", ["CidrBlock": "10.8.0.0/16"]).text("vpc", "vpcId"))
        var subnets: [String] = []
        for (index, zone) in ["a", "b"].enumerated() {
            let made = try await query(
                .ec2, "CreateSubnet",
                ["VpcId": vpc, "CidrBlock": "10.8.\(index).0/24", "AvailabilityZone": "\(aws.region)\(zone)"])
            subnets.append(try #require(made.text("subnet", "subnetId")))
        }
        return (vpc, subnets)
    }

    /// Looks once. - Returns: results by the checks' names; what was not asked for is left out.
    func look<Kind: AWSKind>(
        _ kind: Kind.Type, _ id: String, at locator: [String: String] = [:], _ settings: [String: AWSValue]
    ) async throws -> [String: CheckResult] {
        let expectation = AWSExpectation(
            environment: "test", region: aws.region, id: id, locator: locator, settings: settings)
        let subject = AWSSubject<Kind>(expectation, access: try aws.access(account: aws.account))
        let target = ProbeTarget(
            name: "t", subject: subject, timeout: .seconds(30), plan: CheckPlan(profile: .deployGate))
        let report = await ProbeRun(environment: "test", targets: [target]).once()
        let asked = report.checks.filter { $0.status != .skipped }
        return Dictionary(asked.map { ($0.shortName, $0) }, uniquingKeysWith: { first, _ in first })
    }
}

extension AWSValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByArrayLiteral
{
    public init(stringLiteral value: String) { self = .text(value) }
    public init(booleanLiteral value: Bool) { self = .flag(value) }
    public init(integerLiteral value: Int) { self = .number(Double(value)) }
    public init(arrayLiteral elements: String...) { self = .list(elements) }
}
