import AWSClient

/// A bucket of S3, as the control plane describes it. The kind `bucket` tries one out.
package enum S3BucketKind: AWSKind {
    package static let kind = "aws.s3_bucket"
    package static let locators = ["bucket"]
    package static let questions: [AWSQuestion] = [
        AWSQuestion(
            needs: "s3:GetBucketVersioning",
            settings: [
                .flag(
                    "versioning", true, "Are old versions kept?", why: "what is overwritten or deleted is gone",
                    flaw: "versioning was suspended",
                    fix: "\(api("versioning")) --versioning-configuration Status=Enabled"
                ) { $0.text("Status") == "Enabled" }
            ]
        ) { try await $0.session.ask(.bucket($0.id, "versioning", permission: "GetBucketVersioning")) },
        lifecycle, logging, encryption, ownership, publicAccess, replication, objectLock, policy,
    ]

    static func api(_ part: String) -> String { "aws s3api put-bucket-\(part) --bucket {id}" }

    private static let lifecycle = AWSQuestion(
        needs: "s3:GetLifecycleConfiguration",
        settings: [
            .number(
                "abort_multipart_days", 7, "Are unfinished uploads removed?", why: "they cost money for ever",
                flaw: ("they stay for a year", 365), isGrave: false
            ) { smallest($0, "AbortIncompleteMultipartUpload", "DaysAfterInitiation") },
            .list(
                "expirations", ["days=30 prefix=jobs/"], "Does only expire what was declared to?",
                why: "a rule that somebody added deletes files; one that is missing keeps what must go",
                flaw: ("everything expires after a day", ["days=1 prefix=", "days=30 prefix=jobs/"]),
                fix: "aws s3api get-bucket-lifecycle-configuration --bucket {id}"
            ) { configuration in
                rules(configuration).compactMap { rule in
                    rule.text("Expiration", "Days").map { "days=\($0) \(reach(rule))" }
                        ?? rule.text("Expiration", "Date").map { "date=\($0) \(reach(rule))" }
                }
            },
            .number(
                "noncurrent_days", 30, "Do old versions stay as long as declared?",
                why: "too short and nothing can be brought back, too long and deleted files stay",
                flaw: ("they stay for a day", 1)
            ) { smallest($0, "NoncurrentVersionExpiration", "NoncurrentDays") },
        ]
    ) { try await $0.part("lifecycle", "GetLifecycleConfiguration", orNone: "NoSuchLifecycleConfiguration") }

    private static let logging = AWSQuestion(
        needs: "s3:GetBucketLogging",
        settings: [
            .text(
                "access_logs", "example-logs", "Is it logged who reads and writes?",
                why: "after a theft nobody could tell what was taken", flaw: ("logging is off", ""),
                fix: "aws s3api get-bucket-logging --bucket {id}"
            ) { $0.text("LoggingEnabled", "TargetBucket") }
        ]
    ) { try await $0.session.ask(.bucket($0.id, "logging", permission: "GetBucketLogging")) }

    private static let replication = AWSQuestion(
        needs: "s3:GetReplicationConfiguration",
        settings: [
            .text(
                "replica", "example-replica", "Are the files copied to where they should, and nowhere else?",
                why: "a region that burns takes everything; a copy elsewhere is a theft",
                flaw: ("nothing is copied", ""), fix: "aws s3api get-bucket-replication --bucket {id}",
                expectsNull: true
            ) { configuration in
                let active = configuration.all("Rule").filter { $0.text("Status") == "Enabled" }
                let buckets = Set(active.compactMap { $0.text("Destination", "Bucket") })
                let names = buckets.map { $0.split(separator: ":").last.map(String.init) ?? $0 }.sorted()
                return names.isEmpty ? nil : names.joined(separator: ", ")
            }
        ]
    ) {
        try await $0.part("replication", "GetReplicationConfiguration", orNone: "ReplicationConfigurationNotFoundError")
    }

    private static let objectLock = AWSQuestion(
        needs: "s3:GetBucketObjectLockConfiguration",
        settings: [
            .number(
                "retention_days", 30, "Can no version be removed too early?",
                why: "whoever steals a key can delete the files and their versions", flaw: ("there is no lock", 0),
                comparison: .atLeast
            ) { lock in
                lock.number("Rule", "DefaultRetention", "Days")
                    ?? lock.number("Rule", "DefaultRetention", "Years").map { $0 * 365 } ?? 0
            }
        ]
    ) {
        try await $0.part(
            "object-lock", "GetBucketObjectLockConfiguration", orNone: "ObjectLockConfigurationNotFoundError")
    }

    private static func rules(_ configuration: AWSDocument) -> [AWSDocument] {
        configuration.all("Rule").filter { $0.text("Status") == "Enabled" }
    }

    private static func prefix(_ rule: AWSDocument) -> String {
        rule.text("Filter", "Prefix") ?? rule.text("Filter", "And", "Prefix") ?? rule.text("Prefix") ?? ""
    }

    /// Whether a rule is for objects with some tag, or of some size, alone.
    private static func isNarrowed(_ rule: AWSDocument) -> Bool {
        [rule["Filter"], rule["Filter", "And"]].compactMap(\.self).flatMap(\.children).contains {
            ["Tag", "ObjectSizeGreaterThan", "ObjectSizeLessThan"].contains($0.name)
        }
    }

    private static func reach(_ rule: AWSDocument) -> String {
        "prefix=\(prefix(rule))\(isNarrowed(rule) ? " of some tags or sizes" : "")"
    }

    /// The smallest number among the rules for the whole bucket.
    private static func smallest(_ configuration: AWSDocument, _ action: String, _ key: String) -> Double? {
        rules(configuration).filter { prefix($0).isEmpty && !isNarrowed($0) }.compactMap { $0.number(action, key) }
            .min()
    }
}

extension AWSQuestioner {
    func part(_ name: String, _ permission: String, orNone code: String) async throws -> AWSDocument {
        try await optional(.bucket(id, name, permission: permission), orNone: code)
    }
}
