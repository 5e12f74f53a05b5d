import BucketClient
import Foundation
import Glibc
import HTTPClient
import LocalServices
import OpsModel
import PostgresClient
import ProcessClient
import RedisClient
import TestSupport
import Testing

/// `opsctl probe run` against real services that are stopped one after the other.
@Suite(.enabled(if: Requirement.everything.isMet, "a service is not installed")) struct ProbeCommandTests {
    private func environment(_ cluster: PostgresCluster, _ node: RedisNode, _ gateway: RadosGateway) -> String {
        """
        version: 1
        protection: ephemeral
        probes:
          - name: database
            timeout: 2s
            postgres: {url: "\(cluster.url(.probe).reveal())"}
          - name: cache
            timeout: 2s
            redis: {url: "\(node.url(.probe).reveal())", authority: "\(node.authority)", eviction: noeviction}
          - name: files
            timeout: 2s
            bucket:
              s3: {endpoint: "\(gateway.endpoint)", region: \(gateway.region), bucket: app, addressing: path,
                   access_key: \(gateway.accessKey), secret_key: \(gateway.secretKey.reveal())}
        """
    }

    private struct Report: Decodable {
        struct Target: Decodable {
            let name: String
            let checks: [CheckResult]
        }
        let schema: Int
        let verdict: Verdict
        let targets: [Target]

        var troubled: [String] {
            targets.filter { $0.checks.contains { ![.pass, .skipped].contains($0.status) } }.map(\.name)
        }
    }

    private func probe(_ folder: String) async throws -> (status: Int32, report: Report) {
        let result = try await Program.opsctl("probe", "run", "--format", "json", in: folder)
        return (result.status, try JSONDecoder().decode(Report.self, from: Data(result.output.utf8)))
    }

    @Test func eachStoppedServiceIsNamedAloneAndDecidesTheExitCode() async throws {
        try await withPostgresCluster { cluster async throws in
            try await withRedisNode { node async throws in
                try await withOwnRadosGateway { gateway async throws in
                    try await createBucket(gateway)
                    try await Program.withProject(environment(cluster, node, gateway)) { folder in
                        try await walk(folder, cluster, node, gateway)
                    }
                }
            }
        }
    }

    private func createBucket(_ gateway: RadosGateway) async throws {
        let place = try S3Location(endpoint: gateway.endpoint, region: gateway.region, bucket: "app", addressing: .path)
        let credentials = S3Credentials(accessKey: gateway.accessKey, secretKey: gateway.secretKey)
        try await S3Bucket(place, credentials: credentials, http: HTTPClient()).create()
    }

    private func walk(_ folder: String, _ cluster: PostgresCluster, _ node: RedisNode, _ gateway: RadosGateway)
        async throws
    {
        let healthy = try await probe(folder)
        #expect(healthy.status == 0)
        #expect(healthy.report.schema == 1)
        #expect(healthy.report.troubled == [])

        _ = try await node.stop()
        let withoutRedis = try await probe(folder)
        #expect(withoutRedis.status == 1)
        #expect(withoutRedis.report.troubled == ["cache"])
        let first = withoutRedis.report.targets[1].checks[0]
        #expect(first.check == "cache.connect" && first.status == .fail && first.reason == .refused)
        #expect(withoutRedis.report.targets[1].checks.dropFirst().allSatisfy { $0.status == .blocked })

        _ = try await cluster.stop(.immediate)
        #expect(try await probe(folder).report.troubled == ["database", "cache"])

        try gateway.process(.gateway).signal(SIGSTOP)
        let frozen = try await probe(folder)
        try gateway.process(.gateway).signal(SIGCONT)
        #expect(frozen.report.troubled == ["database", "cache", "files"])
        #expect(frozen.report.targets[2].checks.first { $0.check == "files.put" }?.status == .unknown)

        let only = try await Program.opsctl("probe", "run", "files", in: folder)
        #expect(only.status == 0, "\(only.output)")
        let junit = try await Program.opsctl("probe", "run", "cache", "--format", "junit", in: folder)
        #expect(junit.status == 1)
        #expect(junit.output.contains("failures=\"1\"") && junit.output.contains("blocked by cache.connect"))
    }

    @Test func aFrozenServiceAloneIsInconclusive() async throws {
        try await withRedisNode { node async throws in
            let file = """
                version: 1
                protection: ephemeral
                probes:
                  - name: cache
                    timeout: 1s
                    redis: {url: "\(node.url(.probe).reveal())", authority: "\(node.authority)"}
                """
            try await Program.withProject(file) { folder in
                try node.process().signal(SIGSTOP)
                let run = try await Program.opsctl("probe", "run", in: folder)
                let wait = try await Program.opsctl("probe", "wait", "--deadline", "2s", in: folder)
                try node.process().signal(SIGCONT)
                #expect(run.status == 2)
                #expect(wait.status == 124)
                #expect(try await Program.opsctl("probe", "wait", "--deadline", "30s", in: folder).status == 0)
            }
        }
    }
}
