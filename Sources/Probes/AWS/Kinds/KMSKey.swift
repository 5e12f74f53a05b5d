import AWSClient

/// An encryption key.
package enum KMSKey: AWSKind {
    package static let kind = "aws.kms_key"
    package static let locators = ["key"]
    package static let questions: [AWSQuestion] = [
        AWSQuestion(
            needs: "kms:DescribeKey",
            settings: [
                .flag(
                    "enabled", true, "Can the key be used?",
                    why: "what it encrypts cannot be read; a key that waits for its deletion takes the data with it",
                    flaw: "the key is disabled, or waits for its deletion",
                    fix: "aws kms cancel-key-deletion --key-id {id}; aws kms enable-key --key-id {id}"
                ) { $0.text("KeyState") == "Enabled" }
            ]
        ) { try await $0.one(.json(.kms, "DescribeKey", ["KeyId": .text($0.id)]), at: "KeyMetadata") },
        AWSQuestion(
            needs: "kms:GetKeyRotationStatus",
            settings: [
                .flag(
                    "rotation", true, "Is the key replaced every year?",
                    why: "a key that never changes is worth more to a thief every year", flaw: "rotation is off",
                    fix: "aws kms enable-key-rotation --key-id {id}"
                ) { $0.flag("KeyRotationEnabled") }
            ]
        ) { try await $0.session.ask(.json(.kms, "GetKeyRotationStatus", ["KeyId": .text($0.id)])) },
    ]
}
