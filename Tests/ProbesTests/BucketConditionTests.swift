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
@Suite(.enabled(if: Requirement.radosgw.isMet, "radosgw is not installed")) struct BucketConditionTests: BucketFixture {
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
}
