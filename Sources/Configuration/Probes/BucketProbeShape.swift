extension ObjectShape {
    static let bucketProbe = ObjectShape(
        [
            .optional("s3", .object(s3), "a bucket behind the S3 API"),
            .optional("directory", .path, "a folder used as a bucket"),
            .optional("canary_prefix", .string, "folder of the canaries, ends in /; default opsctl-canary/"),
            .optional("refuse_anonymous", .boolean, "whether unsigned requests must be refused; default true"),
            .optional("presigned", .boolean, "whether to test presigned URLs; default true"),
            .optional("refuse_plaintext", .boolean, "whether plain HTTP must be refused; default true for https"),
            .optional("expect", .object(bucketExpectations), "how the bucket should be set up and filled"),
        ], exactlyOne: ["s3", "directory"])

    static let bucketExpectations = ObjectShape([
        .optional("versioning", .boolean, "old versions are kept"),
        .optional("lifecycle", .boolean, "unfinished uploads are aborted, and left-over canaries expire"),
        .optional("encryption", .choice(["AES256", "aws:kms", "aws:kms:dsse"]), "default encryption at rest"),
        .optional("kms_key", .string, "id of the key that encrypts"),
        .optional("replication", .boolean, "a replication rule is enabled"),
        .optional(
            "object_lock", .choice(["enabled", "governance", "compliance"]), "objects are kept from being deleted"),
        .optional("public_access_block", .boolean, "all four flags of the public access block are set"),
        .optional("private_policy", .boolean, "the bucket's policy is not public"),
        .optional("tls_only_policy", .boolean, "the bucket's policy denies plain HTTP, and the store obeys"),
        .optional("cors", .object(bucketCORS), "what a browser may do"),
        .optional("least_privilege", .boolean, "the key may not list all buckets or change the policy"),
        .optional("other_bucket", .string, "a bucket that the key must not read"),
        .optional("newest", .object(newestObject), "how fresh the youngest object is"),
    ])

    static let bucketCORS = ObjectShape([
        .required("origin", .string, "origin of the app's pages, for example https://app.example.com"),
        .required("methods", .list(.choice(["GET", "HEAD", "PUT", "POST", "DELETE"])), "methods they use"),
    ])

    static let newestObject = ObjectShape([
        .required("prefix", .string, "prefix of the objects' keys"),
        .required("within", .duration, "greatest age of the youngest one"),
        .optional("minimum_size", .integer(0...1_000_000_000_000), "smaller objects do not count, in bytes; default 0"),
    ])

    static let s3 = ObjectShape([
        .required("endpoint", .string, "base URL of the S3 API"),
        .required("region", .string, "region that requests are signed for"),
        .required("bucket", .string, "name of the bucket"),
        .optional("addressing", .choice(["path", "virtual"]), "path or virtual host style; default virtual"),
        .required("access_key", .string, "access key ID"),
        .required("secret_key", .secret, "secret access key"),
        .optional("authority", .path, "CA file that signed the endpoint's certificate"),
    ])
}
