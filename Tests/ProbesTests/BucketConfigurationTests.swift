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

/// Real buckets, each set up in another way than expected.
@Suite(.enabled(if: Requirement.radosgw.isMet, "radosgw is not installed"))
struct BucketConfigurationTests: BucketFixture {
    @Test func versioningThatIsOffOrSuspendedFailsAndEnabledPasses() async throws {
        try await withRadosGateway { test in
            let bucket = try bucket(test)
            try await bucket.create()
            func state() async -> CheckResult? {
                await checks(bucket, profile: .oncall) { $0.configuration.versioning = true }["versioning"]
            }
            #expect(await state()?.observed == "never switched on")
            #expect(await state()?.status == .fail)
            for (word, status) in [("Enabled", CheckStatus.pass), ("Suspended", .fail)] {
                try await set(
                    bucket, "versioning",
                    "<VersioningConfiguration><Status>\(word)</Status></VersioningConfiguration>")
                #expect(await state()?.status == status)
            }
        }
    }

    @Test func lifecycleWithoutItsRulesFailsAndSaysWhichIsMissing() async throws {
        try await withRadosGateway { test in
            let bucket = try bucket(test)
            try await bucket.create()
            func state() async -> CheckResult? {
                await checks(bucket, profile: .oncall) { $0.configuration.lifecycle = true }["lifecycle"]
            }
            #expect(await state()?.status == .fail)
            let abort = """
                <Rule><ID>a</ID><Filter><Prefix></Prefix></Filter><Status>Enabled</Status>\
                <AbortIncompleteMultipartUpload><DaysAfterInitiation>7</DaysAfterInitiation>\
                </AbortIncompleteMultipartUpload></Rule>
                """
            try await set(bucket, "lifecycle", "<LifecycleConfiguration>\(abort)</LifecycleConfiguration>")
            #expect(await state()?.observed == "no rule expires opsctl-canary/")
            let expire = """
                <Rule><ID>b</ID><Filter><Prefix>opsctl-canary/</Prefix></Filter><Status>Enabled</Status>\
                <Expiration><Days>1</Days></Expiration></Rule>
                """
            try await set(bucket, "lifecycle", "<LifecycleConfiguration>\(abort)\(expire)</LifecycleConfiguration>")
            let last = await state()
            #expect(last?.status == .pass, "\(String(describing: last))")
        }
    }

    @Test func whatBrowsersAreToldDecidesOnCORS() async throws {
        try await withRadosGateway { test in
            let bucket = try bucket(test)
            try await bucket.create()
            func state() async -> CheckResult? {
                await checks(bucket, profile: .oncall) {
                    $0.configuration.cors = .init(origin: "https://app.example", methods: ["PUT", "GET"])
                }["cors"]
            }
            #expect(await state()?.observed.contains("there is no CORS configuration") == true)
            func rule(_ origin: String, _ methods: [String]) -> String {
                let methods = methods.map { "<AllowedMethod>\($0)</AllowedMethod>" }.joined()
                return "<CORSConfiguration><CORSRule><AllowedOrigin>\(origin)</AllowedOrigin>\(methods)"
                    + "</CORSRule></CORSConfiguration>"
            }
            try await set(bucket, "cors", rule("https://app.example", ["GET"]))
            #expect(await state()?.observed.hasPrefix("PUT refused") == true)
            try await set(bucket, "cors", rule("https://app.example", ["GET", "PUT"]))
            let last = await state()
            #expect(last?.status == .pass, "\(String(describing: last))")
            try await set(bucket, "cors", rule("*", ["GET", "PUT"]))
            #expect(await state()?.observed == "every origin is allowed")
        }
    }

    @Test func objectLockIsSeenWhereTheBucketWasMadeWithIt() async throws {
        try await withRadosGateway { test in
            let bucket = try bucket(test)
            let response = try await bucket.answer(
                to: S3Request(
                    "PUT", .bucket, headers: [(name: "x-amz-bucket-object-lock-enabled", value: "true")]))
            try #require(response.status == 200)
            func state(_ lock: BucketConfiguration.Lock) async -> CheckResult? {
                await checks(bucket, profile: .oncall) { $0.configuration.lock = lock }["object_lock"]
            }
            let enabled = await state(.enabled)
            #expect(enabled?.status == .pass, "\(String(describing: enabled))")
            #expect(await state(.compliance)?.status == .fail)
        }
        try await withRadosGateway { test in
            let bucket = try bucket(test)
            try await bucket.create()
            let check = await checks(bucket, profile: .oncall) { $0.configuration.lock = .enabled }["object_lock"]
            #expect(check?.status == .fail)
        }
    }

    @Test func aPublicPolicyAndAMissingBlockFail() async throws {
        try await withRadosGateway { test in
            let bucket = try bucket(test)
            try await bucket.create()
            func state() async -> [String: CheckResult] {
                await checks(bucket, profile: .oncall) {
                    $0.configuration.publicAccessBlock = true
                    $0.configuration.isPrivate = true
                    $0.configuration.tlsOnly = true
                }
            }
            let before = await state()
            #expect(before["public_access_block"]?.status == .fail)
            #expect(before["private_policy"]?.status == .pass, "\(String(describing: before["private_policy"]))")
            #expect(before["tls_only_policy"]?.observed == "no policy")
            try await set(
                bucket, "policy",
                """
                {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject",
                "Resource":"arn:aws:s3:::\(test.name)/*"}]}
                """)
            let after = await state()
            #expect(after["private_policy"]?.status == .fail)
            #expect(after["tls_only_policy"]?.observed == "the policy says nothing of TLS")
        }
    }

    @Test func aStoreThatDoesNotKnowThePartIsUnknownAndOneWithoutRulesFails() async throws {
        try await withRadosGateway { test in
            let bucket = try bucket(test)
            try await bucket.create()
            let checks = await checks(bucket, profile: .oncall) {
                $0.configuration.replication = true
                $0.configuration.encryption = "AES256"
            }
            #expect(checks["replication"]?.status == .fail)
            // radosgw 16 takes the question for one about the bucket's objects: a listing is no answer.
            #expect(checks["encryption"]?.status == .unknown)
            #expect(checks["encryption"]?.observed == "200 with a listing of the bucket")
        }
    }

    @Test func theYoungestObjectIsJudgedByAgeAndSize() async throws {
        try await withRadosGateway { test in
            let bucket = try bucket(test)
            try await bucket.create()
            func state(_ newest: NewestObject) async -> CheckResult? {
                await checks(bucket, profile: .oncall) { $0.newest = newest }["newest_object"]
            }
            let asked = NewestObject(prefix: "backup/", withinSeconds: 3600, minimumSize: 10)
            #expect(await state(asked)?.observed == "none among 0")
            try await bucket.put("backup/1", .bytes([1]), contentType: "a/b")
            #expect(await state(asked)?.observed == "none among 1")
            try await bucket.put("backup/2", .bytes([UInt8](repeating: 1, count: 10)), contentType: "a/b")
            #expect(await state(asked)?.status == .pass)
            #expect(await state(asked)?.observed.hasSuffix("10 B: backup/2") == true)
            #expect(await state(NewestObject(prefix: "backup/", withinSeconds: -1))?.status == .fail)
        }
    }
}
