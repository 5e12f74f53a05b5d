import BucketClient
import Foundation
import HTTPClient
import LocalServices
import OpsModel
import Probes
import ProcessClient
import TestSupport
import Testing

@Suite struct BucketProbeTests {
    private func checks(_ store: BucketStore, timeout: Duration = .seconds(20)) async -> [String: CheckResult] {
        let expectation = BucketExpectation(
            store: store, canaryPrefix: "opsctl-canary/", refusesAnonymous: true, testsPresigned: true,
            authorityFile: nil)
        let report = await ProbeRun(
            environment: "test",
            targets: [ProbeTarget(name: "files", subject: BucketSubject(store, expectation), timeout: timeout)]
        ).once()
        return Dictionary(
            report.checks.map { (String($0.check.dropFirst(6)), $0) }, uniquingKeysWith: { first, _ in first })
    }

    private func bucket(_ test: TestBucket, secret: Secret? = nil, http: HTTPClient = HTTPClient()) throws -> S3Bucket {
        let place = try S3Location(endpoint: test.endpoint, region: test.region, bucket: test.name, addressing: .path)
        let credentials = S3Credentials(accessKey: test.accessKey, secretKey: secret ?? test.secretKey)
        return S3Bucket(place, credentials: credentials, http: http)
    }

    @Test(.enabled(if: Requirement.radosgw.isMet, "radosgw is not installed"))
    func aHealthyBucketPassesEveryCheckAndTheCanaryLeavesNothing() async throws {
        try await withRadosGateway { test in
            let bucket = try bucket(test)
            try await bucket.create()
            let checks = await checks(.s3(bucket))
            #expect(checks.count == BucketSubject.checks.count { CheckPlan(profile: .deployGate).includes($0) })
            for check in checks.values { #expect([.pass, .skipped].contains(check.status), "\(check)") }
            for name in ["put", "get", "checksum", "presigned_put", "presigned_long", "presigned_expired_refused"] {
                #expect(checks[name]?.status == .pass, "\(name)")
            }
            #expect(try await bucket.list(prefix: "", limit: 10).isEmpty)
        }
    }

    @Test(.enabled(if: Requirement.radosgw.isMet, "radosgw is not installed"))
    func aPublicBucketFailsTheAnonymousRefusal() async throws {
        try await withRadosGateway { test in
            let bucket = try bucket(test)
            try await bucket.create()
            try await open(test)
            #expect(await checks(.s3(bucket))["anonymous_refused"]?.status == .fail)
            #expect(await checks(.s3(bucket))["anonymous_refused"]?.reason == .accepted)
        }
    }

    /// Puts a policy that lets everybody read, signed with the product's own signer.
    private func open(_ test: TestBucket) async throws {
        let policy = """
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject",
            "Resource":"arn:aws:s3:::\(test.name)/*"}]}
            """
        let host = String(test.endpoint.dropFirst("http://".count))
        let signer = SigV4(
            credentials: S3Credentials(accessKey: test.accessKey, secretKey: test.secretKey), region: test.region)
        let request = SigV4.Request(
            method: "PUT", host: host, path: "/\(test.name)", query: [("policy", "")],
            payloadHash: SigV4.unsignedPayload)
        let response = try await HTTPClient().send(
            HTTPRequest(
                "PUT", "\(test.endpoint)/\(test.name)?policy=", headers: signer.signedHeaders(for: request, at: Date()),
                body: .bytes(Array(policy.utf8))))
        try #require(response.status == 204 || response.status == 200, "\(response.text)")
    }

    @Test(.enabled(if: Requirement.radosgw.isMet, "radosgw is not installed"))
    func aWrongSecretFailsForGoodAndAMissingBucketIsToldApart() async throws {
        try await withRadosGateway { test in
            let absent = await checks(.s3(try bucket(test)))
            #expect(absent["put"]?.reason == .missingDatabase)
            try await bucket(test).create()
            let stranger = await checks(.s3(try bucket(test, secret: Secret(String(repeating: "z", count: 40)))))
            #expect(stranger["put"]?.status == .fail)
            #expect(stranger["put"]?.reason == .authentication)
            #expect(stranger["get"]?.blockedBy == "files.put")
        }
    }

    @Test func aDirectoryPassesItsChecksAndSkipsTheRefusals() async throws {
        try await withScratchDirectory { folder async throws in
            let checks = await checks(.directory(try DirectoryBucket(folder: "\(folder)/b")))
            #expect(checks["absent"]?.status == .pass)
            #expect(checks["anonymous_refused"]?.status == .skipped)
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/b").isEmpty)
        }
    }

    private func bucket(port: Int, authority: String? = nil) throws -> S3Bucket {
        let place = try S3Location(
            endpoint: "http://127.0.0.1:\(port)", region: "r", bucket: "b", addressing: .path, authorityFile: authority)
        return S3Bucket(
            place, credentials: S3Credentials(accessKey: "a", secretKey: Secret("s")), http: HTTPClient())
    }

    @Test func anEndpointThatNeverAnswersIsUnknownWithinTwiceTheTimeoutAndTheCanaryIsDeletedAllTheSame() async throws {
        let hole = try SilentListener()
        let start = ContinuousClock.now
        let checks = await checks(.s3(try bucket(port: hole.port)), timeout: .milliseconds(300))
        #expect(ContinuousClock.now - start < .seconds(5))
        #expect(checks["put"]?.status == .unknown)
        #expect(checks["delete"]?.status == .unknown)
        #expect(checks["delete"]?.reason == .timeout)
        #expect(checks["absent"]?.status == .blocked)
    }

    @Test func aRefusedConnectionIsNotMendedByAGrant() async throws {
        let checks = await checks(.s3(try bucket(port: try freeLoopbackPorts(1)[0])))
        #expect(checks["put"]?.status == .fail)
        #expect(checks["put"]?.reason == .refused)
        #expect(checks["put"]?.fix?.hasPrefix("start the service, or correct host and port") == true)
        #expect(checks["delete"]?.status == .blocked)
    }

    @Test func aMissingAuthorityFileIsUnknown() async throws {
        let store = BucketStore.s3(try bucket(port: 1, authority: "/nowhere/ca.crt"))
        let expectation = BucketExpectation(
            store: store, canaryPrefix: "c/", refusesAnonymous: true, testsPresigned: true,
            authorityFile: "/nowhere/ca.crt")
        let target = ProbeTarget(name: "files", subject: BucketSubject(store, expectation), timeout: .seconds(5))
        let put = await ProbeRun(environment: "test", targets: [target]).once().checks.first { $0.shortName == "put" }
        #expect(put?.status == .unknown)
        #expect(put?.reason == .configuration)
    }

    @Test func aMissingFolderFailsAndIsNotMade() async throws {
        try await withScratchDirectory { folder async throws in
            let checks = await checks(.directory(DirectoryBucket(existing: "\(folder)/b")))
            #expect(checks["put"]?.status == .fail)
            #expect(checks["put"]?.reason == .missingDatabase)
            #expect(checks["put"]?.fix == "mkdir -p -m 700 '\(folder)/b'")
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/b"))
        }
    }

    @Test func canariesOfCrashedRunsAreSweptAndNothingElse() async throws {
        try await withScratchDirectory { folder async throws in
            let bucket = try DirectoryBucket(folder: folder)
            let old = "opsctl-canary/opsctl-canary-" + String(repeating: "a", count: 32)
            let young = "opsctl-canary/opsctl-canary-" + String(repeating: "b", count: 32)
            for key in [old, young, "opsctl-canary/notes"] {
                try await bucket.put(key, .bytes([1]), contentType: "a/b")
            }
            for name in try FileManager.default.contentsOfDirectory(atPath: folder) where !name.contains("bbbb") {
                try FileManager.default.setAttributes(
                    [.modificationDate: Date() - 7200], ofItemAtPath: "\(folder)/\(name)")
            }
            let checks = await checks(.directory(bucket))
            #expect(checks["delete"]?.observed.hasSuffix("and 1 canaries of crashed runs") == true)
            #expect(try await bucket.list(prefix: "", limit: 10).map(\.key) == ["opsctl-canary/notes", young])
        }
    }
}
