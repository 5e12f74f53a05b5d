import AWSClient
import TestSupport
import Testing

@testable import Probes

@Suite(.enabled(if: AWSEmulator.isThere, "\(AWSEmulator.reason)")) struct AWSStorageTests {
    private func promised(_ name: String) -> [String: AWSValue] {
        [
            "abort_multipart_days": 7, "access_logs": .text("\(name)-logs"), "encryption": "AES256",
            "expirations": ["days=30 prefix=jobs/"], "noncurrent_days": 30, "ownership": "BucketOwnerEnforced",
            "public": false, "replica": .none, "retention_days": 5, "tls_only": true, "versioning": true,
        ]
    }

    private static func lifecycle(_ more: String = "") -> String {
        """
        <LifecycleConfiguration><Rule><ID>all</ID><Status>Enabled</Status><Filter><Prefix></Prefix></Filter>\
        <AbortIncompleteMultipartUpload><DaysAfterInitiation>7</DaysAfterInitiation></AbortIncompleteMultipartUpload>\
        <NoncurrentVersionExpiration><NoncurrentDays>30</NoncurrentDays></NoncurrentVersionExpiration></Rule>\
        <Rule><ID>jobs</ID><Status>Enabled</Status><Filter><Prefix>jobs/</Prefix></Filter>\
        <Expiration><Days>30</Days></Expiration></Rule>\(more)</LifecycleConfiguration>
        """
    }

    private static func publicAccess(_ policy: Bool) -> String {
        """
        <PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true\
        </IgnorePublicAcls><BlockPublicPolicy>\(policy)</BlockPublicPolicy>\
        <RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>
        """
    }

    private static func ownership(_ value: String) -> String {
        "<OwnershipControls><Rule><ObjectOwnership>\(value)</ObjectOwnership></Rule></OwnershipControls>"
    }

    private func tlsOnly(_ name: String) -> String {
        """
        {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": \
        ["arn:aws:s3:::\(name)", "arn:aws:s3:::\(name)/*"], "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}
        """
    }

    private func makeBucket(_ lab: AWSLab) async throws {
        let place = """
            <CreateBucketConfiguration><LocationConstraint>\(lab.aws.region)</LocationConstraint>\
            </CreateBucketConfiguration>
            """
        for name in ["\(lab.name)-logs", lab.name] {
            let isLocked = name == lab.name
            try await lab.put(
                name, nil, place, headers: isLocked ? [("x-amz-bucket-object-lock-enabled", "true")] : [])
        }
        try await lab.put(
            "\(lab.name)-logs", "policy",
            """
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": \
            {"Service": "logging.s3.amazonaws.com"}, "Action": "s3:PutObject", \
            "Resource": "arn:aws:s3:::\(lab.name)-logs/*"}]}
            """)
        try await lab.put(lab.name, "versioning", Self.versioning("Enabled"))
        try await lab.put(lab.name, "lifecycle", Self.lifecycle())
        try await lab.put(lab.name, "publicAccessBlock", Self.publicAccess(true))
        try await lab.put(lab.name, "ownershipControls", Self.ownership("BucketOwnerEnforced"))
        try await lab.put(lab.name, "policy", tlsOnly(lab.name))
        try await lab.put(lab.name, "encryption", Self.encryption("AES256"))
        try await lab.put(
            lab.name, "object-lock",
            """
            <ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention>\
            <Mode>GOVERNANCE</Mode><Days>5</Days></DefaultRetention></Rule></ObjectLockConfiguration>
            """)
        try await lab.put(
            lab.name, "logging",
            """
            <BucketLoggingStatus><LoggingEnabled><TargetBucket>\(lab.name)-logs</TargetBucket>\
            <TargetPrefix>s3/</TargetPrefix></LoggingEnabled></BucketLoggingStatus>
            """)
    }

    private static func versioning(_ status: String) -> String {
        "<VersioningConfiguration><Status>\(status)</Status></VersioningConfiguration>"
    }

    private static func encryption(_ algorithm: String) -> String {
        """
        <ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>\(algorithm)\
        </SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>
        """
    }

    private static let everythingExpires = lifecycle(
        """
        <Rule><ID>rogue</ID><Status>Enabled</Status><Filter><Prefix></Prefix></Filter>\
        <Expiration><Days>1</Days></Expiration></Rule>
        """)

    /// Old versions with one tag alone expire.
    private static let narrowed = lifecycle().replacing(
        "</AbortIncompleteMultipartUpload>",
        with: """
            </AbortIncompleteMultipartUpload></Rule><Rule><ID>old</ID><Status>Enabled</Status>\
            <Filter><Tag><Key>keep</Key><Value>no</Value></Tag></Filter>
            """)

    @Test func aYearOfRetentionIs365Days() throws {
        let lock = AWSDocument(
            "",
            children: [
                AWSDocument(
                    "Rule",
                    children: [
                        AWSDocument("DefaultRetention", children: [AWSDocument("Years", text: "2")])
                    ])
            ])
        let setting = try #require(S3BucketKind.settings.first { $0.key == "retention_days" })
        #expect(try setting.read(lock) == .number(730))
    }

    @Test(arguments: [
        ("publicAccessBlock", publicAccess(false), "public fail"),
        ("lifecycle", everythingExpires, "expirations fail"),
        (
            "lifecycle", narrowed, "noncurrent_days fail"
        ),
        ("ownershipControls", ownership("ObjectWriter"), "ownership fail"),
        ("encryption", encryption("aws:kms"), "encryption fail"),
    ])
    func aBucketThatWasChangedByHandFailsThere(_ part: String, _ body: String, _ trouble: String) async throws {
        try await withAWSEmulator { aws in
            let lab = try AWSLab(aws)
            try await makeBucket(lab)
            #expect(try await lab.look(S3BucketKind.self, lab.name, promised(lab.name)).troubles == [])
            try await lab.put(lab.name, part, body)
            #expect(try await lab.look(S3BucketKind.self, lab.name, promised(lab.name)).troubles == [trouble])
        }
    }

    @Test func aPolicyThatWasDeletedAndVersionsThatAreNoLongerKeptFail() async throws {
        try await withAWSEmulator { aws in
            let lab = try AWSLab(aws)
            let plain = "\(lab.name)-logs"
            try await makeBucket(lab)
            try await lab.put(plain, "versioning", Self.versioning("Enabled"))
            try await lab.put(plain, "policy", tlsOnly(plain))
            let promised: [String: AWSValue] = ["versioning": true, "tls_only": true]
            #expect(try await lab.look(S3BucketKind.self, plain, promised).troubles == [])
            try await lab.put(plain, "versioning", Self.versioning("Suspended"))
            try await lab.session.ask(
                .rest(.s3, "DELETE", "/\(plain)", query: [("policy", "")], permission: "DeleteBucketPolicy"))
            let troubles = try await lab.look(S3BucketKind.self, plain, promised).troubles
            #expect(troubles == ["tls_only fail", "versioning fail"])
        }
    }

    @Test func aBucketThatIsGoneDoesNotExist() async throws {
        try await withAWSEmulator { aws in
            let results = try await AWSLab(aws).look(S3BucketKind.self, "\(aws.name)-gone", ["versioning": true])
            #expect(results.troubles == ["exists fail", "versioning blocked"])
        }
    }
}
