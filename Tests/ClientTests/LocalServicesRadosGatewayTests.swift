import Cryptography
import Foundation
import Glibc
import LocalServices
import OpsModel
import ProcessClient
import TestSupport
import Testing

@Suite(.enabled(if: Requirement.radosgw.isMet, "\(Requirement.radosgw.reason)"))
struct LocalServicesRadosGatewayTests {
    @Test func signaturesAreChecked() async throws {
        try await withRadosGateway { bucket async throws in
            #expect(try await s3("PUT", "/\(bucket.name)", bucket.gateway) == "200")
            #expect(try await s3("PUT", "/\(bucket.name)/key", bucket.gateway) == "200")
            #expect(try await s3("GET", "/\(bucket.name)/key", bucket.gateway) == "200")
            let guess = Secret(String(repeating: "0", count: 64))
            #expect(try await s3("GET", "/\(bucket.name)/key", bucket.gateway, secret: guess) == "403")
            #expect(try await curl(["\(bucket.endpoint)/\(bucket.name)/key"]) == "403", "anonymous")
        }
    }

    @Test func objectsSurviveAnOrderlyStop() async throws {
        try await withOwnRadosGateway { gateway in
            #expect(try await s3("PUT", "/bucket", gateway) == "200")
            #expect(try await s3("PUT", "/bucket/key", gateway) == "200")
            #expect(try await gateway.stop() == .exited)
            #expect(try runningProcesses(using: gateway.folder).isEmpty)
            let again = try await RadosGateway.start(in: gateway.folder)
            #expect(!again.lostContent)
            #expect(try await s3("GET", "/bucket/key", again) == "200")
        }
    }

    @Test func crashedStoreIsReplacedByAnEmptyOneWithTheSameKeys() async throws {
        try await withOwnRadosGateway { gateway in
            let processes = try RadosGateway.Member.allCases.map { try gateway.process($0) }
            let unchanged = try await RadosGateway.start(in: gateway.folder)
            let kept = try RadosGateway.Member.allCases.map { try unchanged.process($0) }
            #expect(kept == processes)
            try gateway.process(.store).signal(SIGKILL)
            try await eventually("it is gone") { (try? gateway.process(.store)) == nil }
            let again = try await RadosGateway.start(in: gateway.folder)
            #expect(again.lostContent)
            #expect(try await s3("PUT", "/bucket", again) == "200")
        }
    }

    @Test func crashedGatewayComesBackWithItsObjects() async throws {
        try await withOwnRadosGateway { gateway in
            #expect(try await s3("PUT", "/bucket", gateway) == "200")
            try gateway.process(.gateway).signal(SIGKILL)
            try await eventually("it is gone") { (try? gateway.process(.gateway)) == nil }
            let again = try await RadosGateway.start(in: gateway.folder)
            #expect(!again.lostContent)
            #expect(try await s3("GET", "/bucket", again) == "200")
        }
    }

    /// The status of a request with an empty body, signed with AWS Signature Version 4.
    private func s3(_ method: String, _ path: String, _ gateway: RadosGateway, secret: Secret? = nil) async throws
        -> String
    {
        let date = Date.now.formatted(
            Date.ISO8601FormatStyle(dateSeparator: .omitted, timeSeparator: .omitted, timeZone: .gmt))
        let host = "127.0.0.1:\(gateway.port)"
        let payload = hex(sha256([]))
        let headers = "host:\(host)\nx-amz-content-sha256:\(payload)\nx-amz-date:\(date)\n"
        let names = "host;x-amz-content-sha256;x-amz-date"
        let canonical = "\(method)\n\(path)\n\n\(headers)\n\(names)\n\(payload)"
        let scope = "\(date.prefix(8))/\(gateway.region)/s3/aws4_request"
        var key = Array("AWS4\((secret ?? gateway.secretKey).reveal())".utf8)
        for part in scope.split(separator: "/") { key = hmacSHA256(key: key, part.utf8) }
        let signature = hex(
            hmacSHA256(key: key, "AWS4-HMAC-SHA256\n\(date)\n\(scope)\n\(hex(sha256(canonical.utf8)))".utf8))
        return try await curl(
            [
                "-X", method, "-H", "Content-Length: 0", "-H", "x-amz-date: \(date)", "-H",
                "x-amz-content-sha256: \(payload)",
            ]
                + [
                    "-H",
                    "Authorization: AWS4-HMAC-SHA256 Credential=\(gateway.accessKey)/\(scope), SignedHeaders=\(names), Signature=\(signature)",
                ]
                + ["\(gateway.endpoint)\(path)"])
    }

    private func curl(_ arguments: [String]) async throws -> String {
        try await runCommand(
            Command("curl", ["-s", "-m", "20", "-o", "/dev/null", "-w", "%{http_code}"] + arguments),
            timeout: .seconds(30)
        ).output
    }
}
