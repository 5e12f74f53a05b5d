import AWSClient

/// Who can read the bucket, and how it travels.
extension S3BucketKind {
    static let encryption = AWSQuestion(
        needs: "s3:GetEncryptionConfiguration",
        settings: [
            .text(
                "encryption", "aws:kms", "Is everything encrypted, with a key of ours?",
                why: "whoever may read the bucket could read it without a right to the key",
                flaw: ("another algorithm", "AES256"), fix: "aws s3api get-bucket-encryption --bucket {id}"
            ) {
                $0.text("Rule", "ApplyServerSideEncryptionByDefault", "SSEAlgorithm")
            }
        ]
    ) {
        try await $0.part(
            "encryption", "GetEncryptionConfiguration", orNone: "ServerSideEncryptionConfigurationNotFoundError")
    }

    static let ownership = AWSQuestion(
        needs: "s3:GetBucketOwnershipControls",
        settings: [
            .text(
                "ownership", "BucketOwnerEnforced", "Are access lists without effect?",
                why: "an object's own list could make it public", flaw: ("lists have effect again", "ObjectWriter"),
                fix: "\(api("ownership-controls")) --ownership-controls Rules=[{ObjectOwnership=BucketOwnerEnforced}]"
            ) { $0.text("Rule", "ObjectOwnership") }
        ]
    ) { try await $0.part("ownershipControls", "GetBucketOwnershipControls", orNone: "OwnershipControlsNotFoundError") }

    static let publicAccess = AWSQuestion(
        needs: "s3:GetBucketPublicAccessBlock",
        settings: [
            .flag(
                "public", false, "Is public access blocked?", why: "one careless policy publishes everything",
                flaw: "a part of the block is off",
                fix: "aws s3api put-public-access-block --bucket {id} --public-access-block-configuration "
                    + "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true"
            ) { block in
                !["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"].allSatisfy {
                    block.flag($0)
                }
            }
        ]
    ) {
        try await $0.part(
            "publicAccessBlock", "GetBucketPublicAccessBlock", orNone: "NoSuchPublicAccessBlockConfiguration")
    }

    static let policy = AWSQuestion(
        needs: "s3:GetBucketPolicy",
        settings: [
            .flag(
                "tls_only", true, "Does the policy deny plain HTTP?", why: "files and links could be read on the way",
                flaw: "the policy is gone, or says nothing of TLS", fix: "aws s3api get-bucket-policy --bucket {id}"
            ) { $0.flag("tls_only") }
        ]
    ) { asking in
        let policy = try await asking.part("policy", "GetBucketPolicy", orNone: "NoSuchBucketPolicy")
        let denies = PolicyDocument(policy).deniesPlainHTTP(to: asking.id)
        return AWSDocument("", children: [AWSDocument("tls_only", text: denies ? "true" : "false")])
    }
}
