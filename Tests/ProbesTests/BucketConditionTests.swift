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

/// Real buckets, each broken in one way. What radosgw cannot be made to do wrong is proven by the self-test alone: it checks
/// digests, expiry and signatures, and it has no replication without a second site.
@Suite(.enabled(if: Requirement.radosgw.isMet, "radosgw is not installed")) struct BucketConditionTests {
    private func bucket(
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

    private func expectation(_ bucket: S3Bucket) -> BucketExpectation {
        BucketExpectation(
            store: .s3(bucket), canaryPrefix: "opsctl-canary/", refusesAnonymous: true, testsPresigned: true,
            authorityFile: bucket.place.authorityFile)
    }

    private func checks(
        _ bucket: S3Bucket, profile: ProbeProfile = .deployGate, _ change: (inout BucketExpectation) -> Void = { _ in }
    ) async -> [String: CheckResult] {
        var expectation = expectation(bucket)
        change(&expectation)
        return await look(BucketSubject(.s3(bucket), expectation), profile: profile, timeout: .seconds(30))
    }

    private func set(
        _ bucket: S3Bucket, _ name: String, _ text: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let body = Array(text.utf8)
        let response = try await bucket.answer(
            to: S3Request(
                "PUT", .bucket, query: [(name, "")], headers: [(name: "content-md5", value: contentMD5(body))],
                body: body))
        try #require((200...204).contains(response.status), "\(response.text)", sourceLocation: sourceLocation)
    }

    @Test(arguments: ProbeProfile.allCases)
    func aHealthyBucketHasNoTroubleInAnyProfile(_ profile: ProbeProfile) async throws {
        try await withRadosGateway { test in
            let bucket = try bucket(test)
            try await bucket.create()
            let checks = await checks(bucket, profile: profile)
            #expect(!checks.isEmpty)
            for check in checks.values { #expect([.pass, .skipped].contains(check.status), "\(check)") }
            if profile == .deep { #expect(checks["multipart"]?.status == .pass) }
            if profile == .readiness { #expect(checks["connect"]?.status == .pass) }
            #expect(try await bucket.list(prefix: "", limit: 10).isEmpty)
        }
    }

    @Test func aBucketThatAnybodyMayWriteToFailsAndTheStrangersObjectIsRemoved() async throws {
        try await withRadosGateway { test in
            let bucket = try bucket(test)
            let response = try await bucket.answer(
                to: S3Request("PUT", .bucket, headers: [(name: "x-amz-acl", value: "public-read-write")]))
            try #require(response.status == 200)
            let checks = await checks(bucket)
            for name in ["anonymous_list_refused", "anonymous_put_refused"] {
                #expect(checks[name]?.status == .fail, "\(name)")
                #expect(checks[name]?.reason == .accepted, "\(name)")
            }
            #expect(checks["anonymous_refused"]?.status == .pass)
            #expect(try await bucket.list(prefix: "", limit: 10).isEmpty)
        }
    }

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

    @Test func theOwnersKeyMayDoTooMuchAndAskingChangesNothing() async throws {
        try await withRadosGateway { test in
            let bucket = try bucket(test)
            try await bucket.create()
            let check = await checks(bucket) { $0.demandsLeastPrivilege = true }["least_privilege"]
            #expect(check?.status == .fail)
            #expect(check?.observed == "may s3:ListAllMyBuckets, s3:PutBucketPolicy")
            #expect(try await bucket.answer(to: .configuration("policy")).status == 404)
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

    @Test func aClockThatIsWrongIsNamedAsTheCause() async throws {
        try await withRadosGateway { test in
            try await bucket(test).create()
            let late = try bucket(test) { Date() - 1200 }
            let checks = await checks(late)
            #expect(checks["clock_skew"]?.status == .fail)
            #expect(checks["clock_skew"]?.observed.hasSuffix("s ahead") == true)
            #expect(checks["put"]?.fix == "set this machine's clock")
        }
    }

    @Test func aFrozenGatewayIsUnknownAndNotFailed() async throws {
        try await withOwnRadosGateway { gateway in
            let bucket = try bucket(TestBucket(gateway: gateway, name: "frozen"))
            try await bucket.create()
            let subject = BucketSubject(.s3(bucket), expectation(bucket))
            try gateway.process().signal(SIGSTOP)
            let frozen = await look(subject, timeout: .milliseconds(500))
            #expect(frozen["put"]?.status == .unknown)
            #expect(frozen["put"]?.reason == .timeout)
            #expect(frozen["get"]?.status == .blocked)
            try gateway.process().signal(SIGCONT)
            try await eventually("it answers again") { await look(subject)["put"]?.status == .pass }
        }
    }

    @Test func theResolverIsNotAskedAgainForAKnownName() async throws {
        try await withRadosGateway { test in
            let name = "gateway.invalid"
            try await bucket(test).create()
            let bucket = try bucket(test, endpoint: test.endpoint.replacing("127.0.0.1", with: name))
            var expectation = expectation(bucket)
            expectation.refusesPlaintext = true
            let plan = CheckPlan(profile: .deep)
            let visit = Visit(
                plan: plan, checks: BucketSubject.checks, time: TimeBudget(.seconds(30)),
                canaryID: String(repeating: "c", count: 32), http: HTTPClient(), addresses: [name: ["127.0.0.1"]])
            let snapshot = await BucketSubject(.s3(bucket), expectation).look(visit)
            for check in BucketSubject.results(of: snapshot, expectation, target: "it", plan: plan)
            where check.shortName != "plaintext_refused" {
                #expect([.pass, .skipped].contains(check.status), "\(check)")
            }
        }
    }

    /// radosgw tells its owner what is missing; AWS says AccessDenied to a key without s3:ListBucket, and HAProxy says so here.
    @Test(.enabled(if: Requirement.haproxy.isMet, "haproxy is not installed"), arguments: ProbeProfile.allCases)
    func aKeyThatMayNotListHasNoTrouble(_ profile: ProbeProfile) async throws {
        let denial = "<Error><Code>AccessDenied</Code></Error>"
        // What is missing to a PUT is an upload, which is told.
        let rule = """
            http-request set-var(txn.method) method
            http-response return status 403 content-type application/xml string \(denial) \
            if { status 404 } !{ var(txn.method) -m str PUT }
            """
        try await withRadosGateway { test in
            let direct = try bucket(test)
            try await direct.create()
            try await set(
                direct, "policy",
                """
                {"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:ListBucket",
                "Resource":"arn:aws:s3:::\(test.name)"}]}
                """)
            try await withTLS(before: test, rule: rule) { endpoint, authority in
                let bucket = try bucket(test, endpoint: endpoint, authority: authority)
                let checks = await checks(bucket, profile: profile)
                for check in checks.values {
                    #expect([.pass, .skipped].contains(check.status), "\(check)")
                }
                #expect(checks["delete"].map { $0.observed.contains("were not looked for") } ?? true)
            }
        }
    }

    @Test func plainHTTPThatIsAnsweredFailsWhereItMustBeRefused() async throws {
        try await withRadosGateway { test in
            let bucket = try bucket(test)
            try await bucket.create()
            let check = await checks(bucket) { $0.refusesPlaintext = true }["plaintext_refused"]
            #expect(check?.status == .fail)
            #expect(check?.reason == .accepted)
        }
    }

    @Test(.enabled(if: Requirement.haproxy.isMet, "haproxy is not installed"))
    func behindTLSEveryCheckPassesAndPlainHTTPIsRefused() async throws {
        try await withRadosGateway { test in
            try await withTLS(before: test) { endpoint, authority in
                let bucket = try bucket(test, endpoint: endpoint, authority: authority)
                try await bucket.create()
                let checks = await checks(bucket)
                for check in checks.values { #expect([.pass, .skipped].contains(check.status), "\(check)") }
                #expect(checks["plaintext_refused"]?.status == .pass)
                #expect(checks["presigned_put"]?.status == .pass)
            }
        }
    }

    /// An HAProxy that ends TLS in front of the gateway, reached by a name.
    private func withTLS(before test: TestBucket, rule: String = "", _ body: (String, String) async throws -> Void)
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
