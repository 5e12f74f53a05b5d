import AWSClient

/// A registry of images.
package enum ECRRepository: AWSKind {
    package static let kind = "aws.ecr_repository"
    package static let locators = ["repository"]
    package static let questions: [AWSQuestion] = [
        AWSQuestion(
            needs: "ecr:DescribeRepositories",
            settings: [
                .flag(
                    "immutable", true, "Does a tag name the same image for ever?",
                    why: "somebody could put another image under the tag that runs", flaw: "tags can be moved",
                    fix: "aws ecr put-image-tag-mutability --repository-name {id} --image-tag-mutability IMMUTABLE"
                ) { $0.text("imageTagMutability") == "IMMUTABLE" },
                .flag(
                    "scan_on_push", true, "Is every image scanned?",
                    why: "nobody would hear of a known hole in what runs", flaw: "scanning is off",
                    fix: "aws ecr put-image-scanning-configuration --repository-name {id} "
                        + "--image-scanning-configuration scanOnPush=true"
                ) { $0.flag("imageScanningConfiguration", "scanOnPush") },
                .text(
                    "encryption", "KMS", "Are the images encrypted with a key of ours?",
                    why: "who may read them could not be limited by the key", flaw: ("AWS's own key", "AES256")
                ) { $0.text("encryptionConfiguration", "encryptionType") },
            ]
        ) {
            try await $0.one(
                .json(.ecr, "DescribeRepositories", ["repositoryNames": [.text($0.id)]]), at: "repositories", "member")
        }
    ]
}
