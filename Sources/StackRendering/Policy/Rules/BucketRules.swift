let bucketRules: [PolicyRule] = [
    PolicyRule(
        "bucket.public_access", on: ["aws_s3_bucket"],
        says: PolicyText(
            "every bucket blocks public access in all four ways", why: "one wrong ACL or policy publishes the files",
            fix: "an aws_s3_bucket_public_access_block with all four arguments true", reference: "AWS FSBP S3.8")
    ) { bucket, scope in
        scope.faults(bucket, needs: "aws_s3_bucket_public_access_block", by: "bucket") { block in
            ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"].flatMap {
                block.values.faults($0, .isTrue)
            }
        }
    },
    PolicyRule(
        "bucket.versioning", on: ["aws_s3_bucket"],
        says: PolicyText(
            "every bucket keeps the versions of its objects", why: "what is overwritten or deleted is lost at once",
            fix: "an aws_s3_bucket_versioning with status = \"Enabled\"", reference: "AWS FSBP S3.14")
    ) { bucket, scope in
        scope.faults(bucket, needs: "aws_s3_bucket_versioning", by: "bucket") {
            $0.values.faults("versioning_configuration.0.status", .oneOf(["Enabled"]))
        }
    },
    PolicyRule(
        "bucket.encrypted", on: ["aws_s3_bucket"],
        says: PolicyText(
            "every bucket says how it is encrypted", why: "nobody can tell which key protects the files, or revoke it",
            fix: "an aws_s3_bucket_server_side_encryption_configuration with sse_algorithm", reference: "AWS FSBP S3.17"
        )
    ) { bucket, scope in
        scope.faults(bucket, needs: "aws_s3_bucket_server_side_encryption_configuration", by: "bucket") {
            $0.values.faults(
                "rule.0.apply_server_side_encryption_by_default.0.sse_algorithm",
                .oneOf(["aws:kms", "aws:kms:dsse", "AES256"]))
        }
    },
    PolicyRule(
        "bucket.tls_only", on: ["aws_s3_bucket"],
        says: PolicyText(
            "every bucket refuses requests without TLS", why: "files and signed URLs can pass the network in clear",
            fix: "a statement with effect Deny for everybody on s3:* if aws:SecureTransport is false",
            reference: "AWS FSBP S3.5")
    ) { bucket, scope in
        scope.faults(bucket, needs: "aws_s3_bucket_policy", by: "bucket") { tlsFaults(scope.policy(of: $0, "policy")) }
    },
    PolicyRule(
        "policy.public",
        says: PolicyText(
            "no policy lets everybody in", why: "anybody with an account, or without one, may do what it allows",
            fix: "name the principals, or bind the statement to an account, organisation or source by a condition",
            reference: "AWS FSBP S3.2, KMS.5, SNS.4, SQS.3")
    ) { scope in
        scope.hits([.resource]) { statement, _ in
            guard statement.isAllow, !statement.isBound else { return [] }
            if !statement.notPrincipals.isEmpty { return [.broken("Allow for everybody but some (NotPrincipal)")] }
            return statement.principals.contains(where: \.isEverybody)
                ? [.broken("Allow \(statement.actionText) for Principal \"*\"")] : []
        }
    },
]

private func tlsFaults(_ policy: AccessPolicy?) -> [PolicyFault] {
    switch policy {
    case nil: return [.broken("its policy is empty")]
    case .opaque(let why): return [.unknown(why)]
    case .statements(let statements):
        return statements.contains(where: \.refusesPlaintext)
            ? [] : [.broken("no statement denies requests without TLS to everybody")]
    }
}

extension AccessStatement {
    fileprivate var refusesPlaintext: Bool {
        !isAllow && principals.contains(where: \.isEverybody) && !Set(actions).isDisjoint(with: ["s3:*", "*"])
            && conditions.count == 1
            && conditions.contains {
                $0.test.hasPrefix("Bool") && $0.variable.lowercased() == "aws:securetransport"
                    && $0.values == ["false"]
            }
    }

    /// Whether a condition leaves only an account, an organisation or a source.
    fileprivate var isBound: Bool {
        conditions.contains { condition in
            Self.binding.contains(condition.variable.lowercased()) && condition.values != ["*"]
                && !condition.values.isEmpty && !condition.test.contains("Not") && !condition.test.hasSuffix("IfExists")
        }
    }

    private static let binding: Set = [
        "aws:sourceaccount", "aws:sourcearn", "aws:sourceowner", "aws:sourceorgid", "aws:principalaccount",
        "aws:principalorgid", "aws:principalarn", "aws:sourcevpc", "aws:sourcevpce", "kms:calleraccount",
    ]

    var actionText: String {
        let text = (actions + notActions.map { "not \($0)" }).prefix(3).joined(separator: ", ")
        return actions.count + notActions.count > 3 ? text + ", …" : text
    }
}
