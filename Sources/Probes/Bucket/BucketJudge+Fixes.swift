extension BucketSnapshot {
    /// Commands of `aws s3api`, without the bucket's name.
    static let blockPublicAccess =
        "put-public-access-block --public-access-block-configuration "
        + "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true"

    static func encrypt(_ wanted: BucketConfiguration) -> String {
        let key = wanted.kmsKey.map { #","KMSMasterKeyID":"\#($0)""# } ?? ""
        let algorithm = wanted.encryption ?? "aws:kms"
        return "put-bucket-encryption --server-side-encryption-configuration "
            + #"'{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"\#(algorithm)"\#(key)}}]}'"#
    }

    static func keep(_ wanted: BucketConfiguration.Lock) -> String {
        guard wanted != .enabled else { return "make the bucket anew: create-bucket --object-lock-enabled-for-bucket" }
        let retention = #""Rule":{"DefaultRetention":{"Mode":"\#(wanted.rawValue.uppercased())","Days":30}}"#
        return "put-object-lock-configuration --object-lock-configuration "
            + #"'{"ObjectLockEnabled":"Enabled",\#(retention)}'"#
    }
}
