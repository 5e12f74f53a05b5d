import Foundation
import OpsModel

extension BucketSubject {
    typealias Flaw = SelfTest<BucketSubject>.Flaw

    private static func flaw(
        _ check: String, _ what: String, gives status: CheckStatus = .fail,
        _ change: @escaping @Sendable (inout BucketSnapshot) -> Void
    ) -> Flaw { Flaw(check, what, gives: status) { snapshot, _ in change(&snapshot) } }

    private static func failure(_ reason: CheckReason, _ code: String? = nil) -> LookFailure {
        LookFailure(reason: reason, phase: "request", message: reason.rawValue, code: code)
    }

    static let canaryFlaws: [Flaw] = [
        flaw("connect", "no such bucket") { $0.reach = .failed(failure(.missingDatabase, "NoSuchBucket")) },
        flaw("connect", "another region") { $0.reach = .failed(failure(.authentication, "PermanentRedirect")) },
        flaw("connect", "no answer", gives: .unknown) { $0.reach = .failed(failure(.timeout)) },
        flaw("clock_skew", "ten minutes") { $0.clockSkew = .seen(-600) },
        flaw("clock_skew", "two minutes", gives: .warn) { $0.clockSkew = .seen(120) },
        flaw("put", "no right to put") { $0.put = .failed(failure(.authorization, "AccessDenied")) },
        flaw("get", "other bytes") { $0.get = .seen(.init(isEqual: false, bytes: 4096)) },
        flaw("checksum", "a wrong digest is taken") {
            $0.digests = .seen(.init(right: .init(status: 200), wrong: .init(status: 200)))
        },
        flaw("checksum", "the right one is refused too", gives: .unknown) {
            $0.digests = .seen(.init(right: .init(status: 400), wrong: .init(status: 400, code: "BadDigest")))
        },
        flaw("multipart", "a part is missing") {
            $0.multipart = .seen(.init(bytesSent: 9, bytesStored: 5, aborted: .init(status: 404, code: "NoSuchUpload")))
        },
        flaw("multipart", "the aborted upload is still there") {
            $0.multipart = .seen(.init(bytesSent: 9, bytesStored: 9, aborted: .init(status: 200)))
        },
        flaw("presigned_works", "403") { $0.presigned = .seen(.init(status: 403, code: "AccessDenied")) },
        flaw("presigned_put", "stored, but not read back") { $0.presignedPut = .seen(.init(status: 200)) },
        flaw("presigned_long", "dead after 15 minutes") {
            $0.presignedLong = .seen(.init(status: 403, code: "RequestTimeTooSkewed"))
        },
        flaw("delete", "no right to delete") { $0.delete = .failed(failure(.authorization, "AccessDenied")) },
        flaw("absent", "still there") { $0.absent = .seen(false) },
        flaw("newest_object", "none") { $0.newest = .seen(.init(youngest: nil, count: 0, isWhole: true)) },
        flaw("newest_object", "three days old") { snapshot in
            snapshot.newest = .seen(
                .init(
                    youngest: .init(key: "backup/1", bytes: 5000, modified: snapshot.takenAt - 3 * 86_400), count: 7,
                    isWhole: true))
        },
        flaw("newest_object", "not all were seen", gives: .unknown) { snapshot in
            snapshot.newest = .seen(
                .init(
                    youngest: .init(key: "backup/1", bytes: 5000, modified: snapshot.takenAt - 3 * 86_400), count: 7,
                    isWhole: false))
        },
    ]

    static let refusalFlaws: [Flaw] = [
        flaw("anonymous_refused", "200") { $0.anonymous = .seen(.init(status: 200, gaveContent: true)) },
        flaw("anonymous_refused", "500 proves nothing", gives: .unknown) { $0.anonymous = .seen(.init(status: 500)) },
        flaw("anonymous_list_refused", "200") { $0.anonymousList = .seen(.init(status: 200)) },
        flaw("anonymous_put_refused", "200") { $0.anonymousPut = .seen(.init(status: 200)) },
        flaw("tampered_refused", "200") { $0.tampered = .seen(.init(status: 200, gaveContent: true)) },
        flaw("presigned_expired_refused", "200") { $0.presignedExpired = .seen(.init(status: 200, gaveContent: true)) },
        flaw("presigned_expired_refused", "a fresh one is refused too", gives: .blocked) {
            $0.presigned = .seen(.init(status: 403, code: "AccessDenied"))
        },
        flaw("plaintext_refused", "200 over plain HTTP") {
            $0.plaintext = .seen(.init(status: 200, gaveContent: true))
        },
        flaw("plaintext_refused", "no answer", gives: .unknown) { $0.plaintext = .failed(failure(.timeout)) },
        flaw("least_privilege", "it lists all buckets") { snapshot in
            let denied = BucketSnapshot.Answer(status: 403, code: "AccessDenied")
            snapshot.rights = .seen(.init(listBuckets: .init(status: 200), changePolicy: denied))
        },
        flaw("least_privilege", "the other bucket is not there", gives: .unknown) { snapshot in
            let denied = BucketSnapshot.Answer(status: 403, code: "AccessDenied")
            snapshot.rights = .seen(
                .init(
                    listBuckets: denied, changePolicy: denied,
                    otherBucket: .init(status: 404, code: "NoSuchBucket")))
        },
        flaw("least_privilege", "it reads the other bucket") { snapshot in
            let denied = BucketSnapshot.Answer(status: 403, code: "AccessDenied")
            snapshot.rights = .seen(
                .init(listBuckets: denied, changePolicy: denied, otherBucket: .init(status: 200)))
        },
        flaw("least_privilege", "its policy is read before it is refused") { snapshot in
            let denied = BucketSnapshot.Answer(status: 403, code: "AccessDenied")
            snapshot.rights = .seen(
                .init(listBuckets: denied, changePolicy: .init(status: 400, code: "MalformedPolicy")))
        },
    ]

    private static func document(
        _ check: String, _ name: String, _ what: String, _ text: String, gives status: CheckStatus = .fail
    ) -> Flaw {
        flaw(check, what, gives: status) { $0.documents[name] = .seen(.init(status: 200, text: text)) }
    }

    static let configurationFlaws: [Flaw] = [
        document("versioning", "versioning", "suspended", "<Status>Suspended</Status>"),
        flaw("versioning", "no right to look", gives: .unknown) {
            $0.documents["versioning"] = .seen(.init(status: 403, code: "AccessDenied", text: ""))
        },
        flaw("versioning", "a store that does not know it", gives: .unknown) {
            $0.documents["versioning"] = .seen(.init(status: 501, code: "NotImplemented", text: ""))
        },
        flaw("lifecycle", "none") {
            $0.documents["lifecycle"] = .seen(.init(status: 404, code: "NoSuchLifecycleConfiguration", text: ""))
        },
        document(
            "lifecycle", "lifecycle", "the rule is disabled",
            "<Rule><Status>Disabled</Status><Expiration><Days>1</Days></Expiration></Rule>"),
        document("encryption", "encryption", "another algorithm", "<SSEAlgorithm>AES256</SSEAlgorithm>"),
        document(
            "encryption", "encryption", "another key",
            "<SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>key-2</KMSMasterKeyID>"),
        document(
            "encryption", "encryption", "a listing in place of an answer", "<ListBucketResult></ListBucketResult>",
            gives: .unknown),
        document("replication", "replication", "disabled", "<Rule><Status>Disabled</Status></Rule>"),
        document(
            "object_lock", "object-lock", "a weaker mode",
            "<ObjectLockEnabled>Enabled</ObjectLockEnabled><Mode>GOVERNANCE</Mode>"),
        document(
            "public_access_block", "publicAccessBlock", "one flag missing", "<BlockPublicAcls>true</BlockPublicAcls>"),
        document("private_policy", "policyStatus", "public", "<IsPublic>true</IsPublic>"),
        document("tls_only_policy", "policy", "no such statement", #"{"Effect":"Allow"}"#),
        flaw("tls_only_policy", "a policy that is not obeyed") {
            $0.plaintext = .seen(.init(status: 200, gaveContent: true))
        },
        flaw("cors", "the origin is refused") { snapshot in
            guard var preflights = snapshot.preflights.facts else { return }
            preflights[0].status = 403
            snapshot.preflights = .seen(preflights)
        },
        flaw("cors", "strangers are allowed") { snapshot in
            guard var preflights = snapshot.preflights.facts else { return }
            preflights[1] = .init(
                origin: preflights[1].origin, method: "PUT", status: 200, allowedOrigin: "*", allowedMethods: "PUT")
            snapshot.preflights = .seen(preflights)
        },
    ]
}
