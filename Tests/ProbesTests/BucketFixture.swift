import BucketClient
import Foundation
import Glibc
import HTTPClient
import LocalServices
import OpsModel
import Probes
import ProcessClient
import TestSupport
import Testing

/// What the suites about real buckets share.
protocol BucketFixture {}

extension BucketFixture {
    func bucket(
        _ test: TestBucket, endpoint: String? = nil, authority: String? = nil,
        now: @escaping @Sendable () -> Date = { Date() }
    ) throws -> S3Bucket {
        let place = try S3Location(
            endpoint: endpoint ?? test.endpoint, region: test.region, bucket: test.name, addressing: .path,
            authorityFile: authority)
        return S3Bucket(
            place, credentials: S3Credentials(accessKey: test.accessKey, secretKey: test.secretKey),
            http: HTTPClient(), now: now)
    }

    func expectation(_ bucket: S3Bucket) -> BucketExpectation {
        BucketExpectation(
            store: .s3(bucket), canaryPrefix: "opsctl-canary/", refusesAnonymous: true, testsPresigned: true,
            authorityFile: bucket.place.authorityFile)
    }

    func checks(
        _ bucket: S3Bucket, profile: ProbeProfile = .deployGate, _ change: (inout BucketExpectation) -> Void = { _ in }
    ) async -> [String: CheckResult] {
        var expectation = expectation(bucket)
        change(&expectation)
        return await look(BucketSubject(.s3(bucket), expectation), profile: profile, timeout: .seconds(30))
    }

    func set(
        _ bucket: S3Bucket, _ name: String, _ text: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let body = Array(text.utf8)
        let response = try await bucket.answer(
            to: S3Request(
                "PUT", .bucket, query: [(name, "")], headers: [(name: "content-md5", value: contentMD5(body))],
                body: body))
        try #require((200...204).contains(response.status), "\(response.text)", sourceLocation: sourceLocation)
    }

    /// An HAProxy that ends TLS in front of the gateway, reached by a name.
    func withTLS(before test: TestBucket, rule: String = "", _ body: (String, String) async throws -> Void)
        async throws
    {
        try await withScratchDirectory { folder async throws in
            let tls = try await TLSMaterial.ensure(in: "\(folder)/tls")
            let pem = try [tls.certificate, tls.key].map { try String(contentsOfFile: $0, encoding: .utf8) }.joined()
            try Data(pem.utf8).write(to: URL(filePath: "\(folder)/server.pem"))
            let port = try freeLoopbackPorts(1)[0]
            let text = """
                defaults
                    mode http
                    timeout connect 5s
                    timeout client 30s
                    timeout server 30s
                frontend tls
                    bind 127.0.0.1:\(port) ssl crt \(folder)/server.pem
                    default_backend gateway
                backend gateway
                    \(rule)
                    server one \(test.endpoint.dropFirst("http://".count))

                """
            try Data(text.utf8).write(to: URL(filePath: "\(folder)/haproxy.cfg"))
            let process = try DetachedProcess.start(
                executable: "haproxy", arguments: ["-db", "-f", "\(folder)/haproxy.cfg"], environment: nil,
                folder: folder, log: "\(folder)/log")
            do {
                try await eventually("haproxy answers") { answersOnLoopback(port) }
                try await body("https://localhost:\(port)", tls.authority)
            } catch {
                _ = try await process.stop(gracePeriod: .zero)
                throw error
            }
            _ = try await process.stop(gracePeriod: .zero)
        }
    }
}
