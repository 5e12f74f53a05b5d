extension ObjectShape {
    static let bucketProbe = ObjectShape(
        [
            .optional("s3", .object(s3), "a bucket behind the S3 API"),
            .optional("directory", .path, "a folder used as a bucket"),
            .optional("canary_prefix", .string, "prefix of the canary's key; default opsctl-canary/"),
            .optional("refuse_anonymous", .boolean, "whether an unsigned GET must be refused; default true"),
            .optional("presigned", .boolean, "whether to test presigned URLs; default true"),
        ], exactlyOne: ["s3", "directory"])

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
