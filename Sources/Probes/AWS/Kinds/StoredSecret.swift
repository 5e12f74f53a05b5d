import AWSClient

/// A secret of Secrets Manager; its value is never asked for.
package enum StoredSecret: AWSKind {
    package static let kind = "aws.secret"
    package static let locators = ["secret"]
    package static let questions: [AWSQuestion] = [
        AWSQuestion(
            needs: "secretsmanager:DescribeSecret",
            settings: [
                .text(
                    "key", "arn:aws:kms:eu-central-1:123456789012:key/a", "Is it encrypted with the declared key?",
                    why: "whoever may use another key could read it",
                    flaw: ("another key", "arn:aws:kms:eu-central-1:123456789012:key/b"),
                    fix: "aws secretsmanager update-secret --secret-id {id} --kms-key-id ARN", comparison: .sameName
                ) { $0.text("KmsKeyId") },
                .flag(
                    "has_value", true, "Has it a value?", why: "the app does not start without",
                    flaw: "nobody has put a value",
                    fix: "aws secretsmanager put-secret-value --secret-id {id} --secret-string file:///dev/stdin"
                ) { secret in
                    secret.all("VersionIdsToStages").flatMap(\.children).contains { stages in
                        stages.texts("member").contains("AWSCURRENT")
                    }
                },
            ]
        ) { asking in
            let secret = try await asking.session.ask(
                .json(.secretsmanager, "DescribeSecret", ["SecretId": .text(asking.id)]))
            // What waits for its deletion can be described, and not be read.
            guard secret.text("DeletedDate") == nil else {
                throw AWSError.absent(
                    action: "secretsmanager:DescribeSecret", code: "DeletedDate", message: "it waits for its deletion")
            }
            return secret
        }
    ]
}
