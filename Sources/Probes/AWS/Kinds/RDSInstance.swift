import AWSClient

/// A PostgreSQL server of RDS.
package enum RDSInstance: AWSKind {
    package static let kind = "aws.rds_instance"
    package static let locators = ["instance"]
    package static let questions: [AWSQuestion] = [
        AWSQuestion(needs: "rds:DescribeDBInstances", settings: safety + access) {
            try await $0.one(
                .query(.rds, "DescribeDBInstances", ["DBInstanceIdentifier": $0.id]), at: "DBInstances", "DBInstance")
        },
        AWSQuestion(
            needs: "rds:DescribeDBParameters",
            settings: [
                .flag(
                    "force_ssl", true, "Does the server refuse sessions without TLS?",
                    why: "passwords and rows could be read on the way",
                    flaw: "rds.force_ssl is 0, or waits for a restart"
                ) { answer in
                    // A group that is set but not in force yet protects nobody.
                    let isInForce = ["in-sync", nil].contains(answer.text("ParameterApplyStatus"))
                    return isInForce
                        && answer.all("Parameters", "Parameter").contains {
                            $0.text("ParameterName") == "rds.force_ssl" && $0.text("ParameterValue") == "1"
                        }
                }
            ]
        ) { asking in
            let group = asking.resource["DBParameterGroups", "DBParameterGroup"]
            let answer = try await asking.parameters(
                .rds, "DescribeDBParameters", ["DBParameterGroupName": group?.text("DBParameterGroupName") ?? "default"]
            )
            return AWSDocument("", children: answer.children + (group?.all("ParameterApplyStatus") ?? []))
        },
    ]

    private static let modify = "aws rds modify-db-instance --db-instance-identifier {id} --apply-immediately"

    private static let safety: [AWSSetting] = [
        .number(
            "backup_days", 14, "Are backups kept long enough?",
            why: "damage that is found late could not be undone", flaw: ("they are kept for a day", 1),
            fix: "\(modify) --backup-retention-period DAYS", comparison: .atLeast
        ) { $0.number("BackupRetentionPeriod") },
        .flag(
            "deletion_protection", true, "Does the server refuse to be deleted?",
            why: "one wrong command deletes the database", flaw: "deletion protection is off",
            fix: "\(modify) --deletion-protection"
        ) { $0.flag("DeletionProtection") },
        .flag(
            "multi_az", true, "Is there a standby in another zone?",
            why: "a zone that fails would take the database with it", flaw: "there is no standby",
            fix: "\(modify) --multi-az"
        ) { $0.flag("MultiAZ") },
        .number(
            "replicas", 2, "Are all replicas there?", why: "reads would fail, or burden the primary",
            flaw: ("one of two is gone", 1)
        ) { Double($0.all("ReadReplicaDBInstanceIdentifiers", "ReadReplicaDBInstanceIdentifier").count) },
        .list(
            "log_exports", ["postgresql", "upgrade"], "Are the server's logs kept outside of it?",
            why: "the logs would go with the server", flaw: ("its log is no longer exported", ["upgrade"]),
            isGrave: false
        ) { $0.texts("EnabledCloudwatchLogsExports", "member") },
    ]

    private static let access: [AWSSetting] = [
        .flag(
            "encrypted", true, "Is the storage encrypted?", why: "a disk or snapshot that leaves the house is readable",
            flaw: "the storage is not encrypted"
        ) { $0.flag("StorageEncrypted") },
        .flag(
            "iam_authentication", true, "Can roles log in without a password?",
            why: "the app would need a password that lives for ever", flaw: "IAM authentication is off",
            fix: "\(modify) --enable-iam-database-authentication"
        ) { $0.flag("IAMDatabaseAuthenticationEnabled") },
        .flag(
            "public", false, "Is the server out of the internet's reach?", why: "anybody could try passwords",
            flaw: "it has a public address", fix: "\(modify) --no-publicly-accessible"
        ) { $0.flag("PubliclyAccessible") },
    ]
}

extension AWSQuestioner {
    /// Every page of a list of parameters.
    func parameters(_ service: AWSService, _ action: String, _ parameters: [String: String]) async throws -> AWSDocument
    {
        try await session.askAll { marker in
            .query(service, action, parameters.merging(marker.map { ["Marker": $0] } ?? [:]) { $1 })
        } next: {
            $0.text("Marker")
        }
    }
}
