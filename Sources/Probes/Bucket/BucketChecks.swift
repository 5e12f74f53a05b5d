extension BucketSubject {
    package static let checks: [CheckDefinition] = reachability + canary + refusals + configuration

    private static let reachability: [CheckDefinition] = [
        CheckDefinition(
            "connect", "Does the store know the bucket and the key?",
            why: "nothing else works without them", in: [.readiness, .oncall, .deep], privilege: "s3:GetObject"),
        CheckDefinition(
            "clock_skew", "Do this machine's clock and the store's agree?",
            why: "beyond 15 minutes every signature is refused", limits: .atMost(warn: 60, fail: 300, "s")),
    ]

    private static let canary: [CheckDefinition] = [
        CheckDefinition(
            "put", "Is an object stored?", why: "uploads would fail", in: .writing, privilege: "s3:PutObject"),
        CheckDefinition(
            "get", "Does it come back byte for byte?", why: "downloads would fail, or be damaged", in: .writing,
            privilege: "s3:GetObject"),
        CheckDefinition(
            "checksum", "Is an upload refused that was damaged on the way?",
            why: "damaged files would be stored as if they were whole", in: .writing, privilege: "s3:PutObject"),
        CheckDefinition(
            "multipart", "Does an upload in parts work, and leave nothing when it is aborted?",
            why: "large files could not be stored, and what is left of them costs money", in: .thorough,
            privilege: "s3:PutObject, s3:AbortMultipartUpload"),
        CheckDefinition(
            "presigned_works", "Does a presigned GET give the object?", why: "download links would be dead",
            in: .writing),
        CheckDefinition(
            "presigned_put", "Does a presigned PUT store an object?", why: "uploads from browsers would fail",
            in: .writing),
        CheckDefinition(
            "presigned_long", "Does a presigned URL live longer than 15 minutes?",
            why: "links that are sent by mail would be dead when they are opened", in: .writing),
        CheckDefinition(
            "delete", "Is the object removed?", why: "deleted files would stay", in: .writing,
            privilege: "s3:DeleteObject"),
        CheckDefinition("absent", "Is it gone afterwards?", why: "deleted files would stay", in: .writing),
        CheckDefinition(
            "newest_object", "Is the youngest object young and large enough?",
            why: "backups may have stopped without a word", in: .review, privilege: "s3:ListBucket"),
    ]

    private static let refusals: [CheckDefinition] = [
        posture("anonymous_refused", "Is an unsigned GET refused?", "customers' files would be public"),
        posture("anonymous_list_refused", "Is an unsigned listing refused?", "anybody could see what there is"),
        posture("anonymous_put_refused", "Is an unsigned PUT refused?", "anybody could store files, at your expense"),
        posture("tampered_refused", "Is a changed signature refused?", "links could be forged"),
        posture("presigned_expired_refused", "Is an expired URL refused?", "links would live for ever"),
        posture("plaintext_refused", "Is plain HTTP refused?", "files and links could be read on the way"),
        posture(
            "least_privilege", "May the key do no more than it needs?",
            "a stolen key would open other buckets, or this one to everybody"),
    ]

    private static func posture(_ name: String, _ question: String, _ why: String) -> CheckDefinition {
        CheckDefinition(name, question, why: why, in: .writing, isPosture: true)
    }

    private static let configuration: [CheckDefinition] = [
        setting(
            "versioning", "Are old versions kept?", "what is overwritten or deleted is gone",
            "s3:GetBucketVersioning"),
        setting(
            "lifecycle", "Are unfinished uploads and left-over canaries removed?", "they cost money for ever",
            "s3:GetLifecycleConfiguration"),
        setting(
            "encryption", "Is everything encrypted at rest, and with the right key?",
            "a disk that leaves the house is readable", "s3:GetEncryptionConfiguration", isPosture: true),
        setting(
            "replication", "Is the bucket copied to another place?", "a region that burns takes everything with it",
            "s3:GetReplicationConfiguration"),
        setting(
            "object_lock", "Can objects be kept from being deleted?", "whoever steals a key can delete the backups",
            "s3:GetBucketObjectLockConfiguration", isPosture: true),
        setting(
            "public_access_block", "Is public access blocked for good?", "one careless ACL publishes everything",
            "s3:GetBucketPublicAccessBlock", isPosture: true),
        setting(
            "private_policy", "Is the bucket's policy not public?", "anybody could read or write",
            "s3:GetBucketPolicyStatus", isPosture: true),
        setting(
            "tls_only_policy", "Does the policy deny plain HTTP, and the store obey it?",
            "files and links could be read on the way", "s3:GetBucketPolicy", isPosture: true),
        setting(
            "cors", "May the app's pages use the bucket, and no others?", "uploads from browsers would fail", nil),
    ]

    private static func setting(
        _ name: String, _ question: String, _ why: String, _ privilege: String?, isPosture: Bool = false
    ) -> CheckDefinition {
        CheckDefinition(name, question, why: why, in: .review, privilege: privilege, isPosture: isPosture)
    }
}
