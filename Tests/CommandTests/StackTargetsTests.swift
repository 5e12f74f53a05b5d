import AWSClient
import Foundation
import OpsModel
import ProcessClient
import TestSupport
import Testing

/// `opsctl probe` with the targets that `stack apply` leaves behind.
@Suite struct StackTargetsTests {
    private static let empty = "version: 1\nprotection: ephemeral\n"

    private static func file(
        environment: String = "test", endpoint: String = "null", account: String = "123456789012", _ targets: String
    ) -> String {
        """
        {"schema": 1, "environment": "\(environment)", "account_id": "\(account)", "region": "eu-central-1",
         "endpoint": \(endpoint), "targets": [\(targets)]}
        """
    }

    private static let vpc = """
        {"layer": "network", "id": "network", "kind": "aws.vpc", "vpc": "vpc-1", "expect": {"cidr": "10.0.0.0/16"}}
        """
    private static let postgres = """
        {"layer": "data", "id": "postgres", "kind": "postgres", "host": "db.example", "port": 5432, "database": "app",
         "expect": {"role": "primary", "tls": "verified", "plaintext": "refused"}}
        """

    private func withTargets(
        _ file: String, environment: String = empty, _ body: (String) async throws -> Void
    ) async throws {
        try await Program.withProject(environment) { folder in
            let stacks = "\(folder)/.opsctl/stacks/test"
            try FileManager.default.createDirectory(atPath: stacks, withIntermediateDirectories: true)
            try file.write(toFile: "\(stacks)/targets.json", atomically: true, encoding: .utf8)
            try await body(folder)
        }
    }

    private struct Report: Decodable {
        struct Target: Decodable {
            let name: String
            let kind: String
            let checks: [CheckResult]
        }
        let verdict: Verdict
        let targets: [Target]

        func check(_ name: String) -> CheckResult? { targets.flatMap(\.checks).first { $0.check == name } }
    }

    private func probe(
        _ folder: String, _ names: String..., environment: [String: String] = [:]
    ) async throws -> (status: Int32, report: Report) {
        let result = try await Program.opsctl(
            ["probe", "run", "--format", "json"] + names, in: folder, environment: environment)
        return (result.status, try JSONDecoder().decode(Report.self, from: Data(result.output.utf8)))
    }

    @Test(arguments: [
        (file(vpc.replacing("aws.vpc", with: "aws.vcp")), "unknown kind `aws.vcp`; did you mean `aws.vpc`?"),
        (file(vpc.replacing("cidr", with: "cdir")), "has no key `cdir`; did you mean `cidr`?"),
        (file(vpc.replacing("\"10.0.0.0/16\"", with: "16")), "expected a text, found `16`"),
        (file(vpc.replacing("\"vpc\": \"vpc-1\",", with: "")), "the key `vpc` is missing"),
        (file(vpc + "," + vpc), "`stack.network.network` is there twice"),
        (file(environment: "production", vpc), "it is of the environment `production`"),
        (file(account: "1", vpc), "`1` is no account"), (file(""), "there are no targets"), ("{", "it is no JSON"),
        (file(postgres.replacing("verified", with: "sometimes")), "`sometimes` is not one of verified, required"),
        (file(postgres.replacing("plaintext", with: "plain")), "has no key `plain`"),
        (file(vpc).replacing("\"schema\": 1", with: "\"schema\": 2"), "opsctl reads schema 1"),
    ])
    func aFileThatIsNotUnderstoodIsRefusedByNameAndKey(_ file: String, _ why: String) async throws {
        try await withTargets(file) { folder in
            let result = try await Program.opsctl("probe", "run", in: folder)
            #expect(result.status == 78)
            #expect(result.errors.contains(why), "\(result.errors)")
            #expect(result.errors.contains(".opsctl/stacks/test/targets.json"))
        }
    }

    @Test func aCriticalEnvironmentIsNotProbedAtAnEmulatorElsewhere() async throws {
        let critical = "version: 1\nprotection: critical\n"
        try await withTargets(Self.file(endpoint: "\"http://moto.example:5000\"", Self.vpc), environment: critical) {
            let result = try await Program.opsctl("probe", "run", in: $0)
            #expect(result.status == 78 && result.errors.contains("is not probed at moto.example"))
        }
    }

    @Test func withoutCredentialsNothingIsKnownAndTheFixIsThere() async throws {
        try await withTargets(Self.file(endpoint: "\"http://127.0.0.1:9\"", Self.vpc)) { folder in
            let (status, report) = try await probe(folder)
            #expect(status == 2)
            let exists = try #require(report.check("stack.account.exists"))
            #expect(exists.status == .unknown && exists.reason == .configuration)
            #expect(report.check("stack.network.network.cidr")?.blockedBy == "stack.account.exists")
            #expect(exists.fix == "eval \"$(aws configure export-credentials --format env)\"")
        }
    }

    @Test func aServerThatNoProbeIsBoundToIsSkippedAndNeverPasses() async throws {
        try await withTargets(Self.file(Self.postgres)) { folder in
            let (_, report) = try await probe(folder)
            let bound = try #require(report.check("stack.data.postgres.bound"))
            #expect(bound.status == .skipped)
            #expect(bound.observed == "no probe of this environment is bound to it")
            #expect(bound.fix == "add `stack: postgres` to the probe of it in environments/test.yaml")
        }
    }

    private func environment(_ url: String, stack: String, more: String = "") -> String {
        Self.empty + """
            probes:
              - name: database
                timeout: 1s
                stack: \(stack)
                postgres: {url: "\(url)", canary: false\(more)}
            """
    }

    @Test(arguments: [
        ("postgresql://probe@db.example/app?sslmode=verify-full", "postgres", "", nil as String?),
        (
            "postgresql://probe@old.example/app?sslmode=verify-full", "postgres", "",
            "database probes old.example:5432/app, but the stack's server is db.example:5432/app"
        ),
        (
            "postgresql://probe@db.example/app?sslmode=require", "postgres", ", tls: required",
            "database does not demand tls: verified"
        ),
        (
            "postgresql://probe@db.example/app?sslmode=verify-full", "postgres", ", refuse_plaintext: false",
            "database does not demand plaintext: refused"
        ),
        (
            "postgresql://probe@db.example/app?sslmode=verify-full", "postgres", ", role: replica",
            "database does not demand role: primary"
        ),
        (
            "postgresql://probe@127.0.0.1/app?sslmode=verify-full", "{target: postgres, stand_in: true}", "", nil
        ),
    ])
    func aBoundProbeLooksAtTheStacksServerAndDemandsAsMuch(
        _ url: String, _ stack: String, _ more: String, _ fault: String?
    ) async throws {
        let environment = environment(url, stack: stack, more: more)
        try await withTargets(Self.file(Self.postgres), environment: environment) { folder in
            let (_, report) = try await probe(folder, "stack.data.postgres")
            let bound = try #require(report.check("stack.data.postgres.bound"))
            #expect(bound.status == (fault == nil ? .pass : .fail))
            if let fault { #expect(bound.observed == fault) }
        }
    }

    @Test func aBindingToNothingIsAnErrorAndACriticalEnvironmentHasNoStandIns() async throws {
        let url = "postgresql://probe@db.example/app?sslmode=verify-full"
        try await withTargets(Self.file(Self.postgres), environment: environment(url, stack: "postgre")) { folder in
            let result = try await Program.opsctl("probe", "list", in: folder)
            #expect(result.status == 78 && result.errors.contains("did you mean postgres?"))
        }
        let critical = environment(url, stack: "{target: postgres, stand_in: true}")
            .replacing("ephemeral", with: "critical")
        try await withTargets(Self.file(Self.postgres), environment: critical) { folder in
            let result = try await Program.opsctl("probe", "list", in: folder)
            #expect(result.status == 78 && result.errors.contains("a critical environment has no stand-ins"))
        }
    }

    @Test func aBindingWithoutTheFileIsUnknown() async throws {
        let url = "postgresql://probe@db.example/app?sslmode=verify-full"
        try await Program.withProject(environment(url, stack: "postgres")) { folder in
            let (status, report) = try await probe(folder, "stack.postgres")
            #expect(status == 2)
            #expect(report.check("stack.postgres.bound")?.fix == "opsctl stack outputs --env test")
        }
    }

    @Test func withoutProbesAndWithoutTargetsThereIsStillAnError() async throws {
        try await Program.withProject(Self.empty) { folder in
            let result = try await Program.opsctl("probe", "run", in: folder)
            #expect(result.status == 78 && result.errors.contains("there is no section `probes`"))
        }
    }

    @Test func listAndExplainKnowTheTargetsOfTheStack() async throws {
        try await withTargets(Self.file("\(Self.vpc), \(Self.postgres)")) { folder in
            let list = try await Program.opsctl("probe", "list", in: folder)
            #expect(list.output.contains("stack.network.network") && list.output.contains("aws.vpc"))
            let explained = try await Program.opsctl("probe", "explain", "stack.network.network.cidr", in: folder)
            #expect(explained.output.contains("ec2:DescribeVpcs"))
            let kind = try await Program.opsctl("probe", "explain", "aws.listener.live_slots", in: folder)
            #expect(kind.output.contains("traffic is split between both slots"))
        }
    }

    @Test(.enabled(if: AWSEmulator.isThere, "\(AWSEmulator.reason)"))
    func theTargetsOfAnEmulatorAreAskedThere() async throws {
        try await withAWSEmulator { aws in
            let made = try await aws.session().ask(.query(.ec2, "CreateVpc", ["CidrBlock": "10.0.0.0/16"]))
            let id = try #require(made.text("vpc", "vpcId"))
            let site = """
                {"layer": "app", "id": "site", "kind": "http", "url": "https://app.invalid/", "expect": {"status": 200}}
                """
            let targets = "\(Self.vpc.replacing("vpc-1", with: id)), \(site)"
            try await withTargets(Self.file(endpoint: "\"\(aws.endpoint)\"", targets)) { folder in
                let keys = aws.environment.filter { $0.key != "AWS_ENDPOINT_URL" }
                let (status, report) = try await probe(folder, environment: keys)
                #expect(status == 0 && report.check("stack.network.network.cidr")?.status == .pass)
                #expect(report.check("stack.app.site.bound")?.status == .skipped)
            }
            let changed = targets.replacing("10.0.0.0/16", with: "10.9.0.0/16")
            try await withTargets(Self.file(endpoint: "\"\(aws.endpoint)\"", changed)) { folder in
                let keys = aws.environment.filter { $0.key != "AWS_ENDPOINT_URL" }
                let (status, report) = try await probe(folder, "stack.network.network", environment: keys)
                #expect(status == 1 && report.targets.map(\.name) == ["stack.network.network"])
            }
        }
    }
}
