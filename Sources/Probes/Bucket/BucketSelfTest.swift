import BucketClient
import Foundation
import OpsModel

extension BucketSubject {
    package static var selfTest: SelfTest<BucketSubject> {
        SelfTest(
            expectation: expectationOfAll, healthy: healthy,
            flaws: canaryFlaws + refusalFlaws + configurationFlaws)
    }

    private static let time = Date(timeIntervalSince1970: 1_790_000_000)

    private static var expectationOfAll: BucketExpectation {
        var expectation = BucketExpectation(
            store: .directory(DirectoryBucket(existing: "/")), canaryPrefix: "opsctl-canary/", refusesAnonymous: true,
            testsPresigned: true, authorityFile: nil)
        (expectation.location, expectation.folder) = ("https://s3.example/bucket", nil)
        (expectation.refusesPlaintext, expectation.demandsLeastPrivilege) = (true, true)
        expectation.newest = NewestObject(prefix: "backup/", withinSeconds: 86_400, minimumSize: 1000)
        var configuration = BucketConfiguration()
        (configuration.versioning, configuration.lifecycle, configuration.replication) = (true, true, true)
        (configuration.encryption, configuration.kmsKey, configuration.lock) = ("aws:kms", "key-1", .compliance)
        (configuration.publicAccessBlock, configuration.isPrivate, configuration.tlsOnly) = (true, true, true)
        configuration.cors = .init(origin: "https://app.example", methods: ["PUT"])
        expectation.configuration = configuration
        return expectation
    }

    private static var healthy: BucketSnapshot {
        var snapshot = BucketSnapshot()
        let denied = BucketSnapshot.Answer(status: 403, code: "AccessDenied")
        let given = BucketSnapshot.Answer(status: 200, gaveContent: true)
        (snapshot.takenAt, snapshot.clockSkew) = (time, .seen(0))
        snapshot.reach = .seen(.init(status: 404, code: "NoSuchKey"))
        (snapshot.put, snapshot.delete) = (.seen(.init(elapsedMilliseconds: 5)), .seen(.init(elapsedMilliseconds: 5)))
        snapshot.get = .seen(.init(isEqual: true, bytes: 4096))
        snapshot.digests = .seen(.init(right: .init(status: 200), wrong: .init(status: 400, code: "BadDigest")))
        snapshot.multipart = .seen(
            .init(bytesSent: 9, bytesStored: 9, aborted: .init(status: 404, code: "NoSuchUpload")))
        (snapshot.anonymous, snapshot.anonymousList) = (.seen(denied), .seen(denied))
        (snapshot.anonymousPut, snapshot.plaintext) = (.seen(denied), .seen(denied))
        (snapshot.presigned, snapshot.presignedPut, snapshot.presignedLong) = (.seen(given), .seen(given), .seen(given))
        snapshot.tampered = .seen(.init(status: 403, code: "SignatureDoesNotMatch"))
        snapshot.presignedExpired = .seen(.init(status: 403, code: "AccessDenied", message: "Request has expired"))
        snapshot.rights = .seen(.init(listBuckets: denied, changePolicy: denied))
        (snapshot.absent, snapshot.swept) = (.seen(true), .seen(0))
        snapshot.newest = .seen(
            .init(youngest: .init(key: "backup/1", bytes: 5000, modified: time - 3600), count: 7, isWhole: true))
        snapshot.documents = documents.mapValues { .seen(.init(status: 200, text: $0)) }
        snapshot.preflights = .seen([
            .init(
                origin: "https://app.example", method: "PUT", status: 200, allowedOrigin: "https://app.example",
                allowedMethods: "PUT"),
            .init(origin: "https://stranger.invalid", method: "PUT", status: 403),
        ])
        return snapshot
    }

    private static let documents = [
        "versioning": "<Status>Enabled</Status>",
        "lifecycle": """
        <Rule><Status>Enabled</Status><Prefix></Prefix><AbortIncompleteMultipartUpload><DaysAfterInitiation>7\
        </DaysAfterInitiation></AbortIncompleteMultipartUpload></Rule><Rule><Status>Enabled</Status><Prefix>opsctl-\
        </Prefix><Expiration><Days>1</Days></Expiration></Rule>
        """,
        "encryption": "<SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>key-1</KMSMasterKeyID>",
        "replication": "<Rule><Status>Enabled</Status></Rule>",
        "object-lock": "<ObjectLockEnabled>Enabled</ObjectLockEnabled><Mode>COMPLIANCE</Mode>",
        "publicAccessBlock": """
        <BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls>\
        <BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>true</RestrictPublicBuckets>
        """,
        "policyStatus": "<IsPublic>false</IsPublic>",
        "policy": #"{"Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}"#,
        "cors": "<CORSRule></CORSRule>",
    ]
}
