import AWSClient
import OpsModel
import TestSupport
import Testing

@testable import Probes

@Suite(.enabled(if: AWSEmulator.isThere, "\(AWSEmulator.reason)")) struct AWSDataTests {
    private let server: [String: AWSValue] = [
        "backup_days": 14, "deletion_protection": true, "encrypted": true, "force_ssl": true,
        "iam_authentication": true, "log_exports": ["upgrade", "postgresql"], "multi_az": true, "public": false,
        "replicas": 1,
    ]

    private func makeServer(_ lab: AWSLab) async throws {
        try await lab.query(
            .rds, "CreateDBParameterGroup",
            ["DBParameterGroupName": lab.name, "DBParameterGroupFamily": "postgres16", "Description": "test"])
        try await lab.query(
            .rds, "ModifyDBParameterGroup",
            [
                "DBParameterGroupName": lab.name, "Parameters.Parameter.1.ParameterName": "rds.force_ssl",
                "Parameters.Parameter.1.ParameterValue": "1", "Parameters.Parameter.1.ApplyMethod": "immediate",
            ])
        try await lab.query(
            .rds, "CreateDBInstance",
            [
                "DBInstanceIdentifier": lab.name, "Engine": "postgres", "DBInstanceClass": "db.t4g.medium",
                "AllocatedStorage": "20", "MasterUsername": "owner", "MasterUserPassword": "not-a-secret-1",
                "BackupRetentionPeriod": "14", "DeletionProtection": "true", "StorageEncrypted": "true",
                "MultiAZ": "true", "PubliclyAccessible": "false", "EnableIAMDatabaseAuthentication": "true",
                "DBParameterGroupName": lab.name, "EnableCloudwatchLogsExports.member.1": "postgresql",
                "EnableCloudwatchLogsExports.member.2": "upgrade",
            ])
        try await lab.query(
            .rds, "CreateDBInstanceReadReplica",
            ["DBInstanceIdentifier": "\(lab.name)-replica", "SourceDBInstanceIdentifier": lab.name])
    }

    @Test(arguments: [
        ("BackupRetentionPeriod", "1", "backup_days fail"), ("DeletionProtection", "false", "deletion_protection fail"),
        ("MultiAZ", "false", "multi_az fail"), ("PubliclyAccessible", "true", "public fail"),
        ("EnableIAMDatabaseAuthentication", "false", "iam_authentication fail"),
    ])
    func aServerThatWasWeakenedByHandFailsThere(_ parameter: String, _ value: String, _ trouble: String) async throws {
        try await withAWSEmulator { aws in
            let lab = try AWSLab(aws)
            try await makeServer(lab)
            #expect(try await lab.look(RDSInstance.self, lab.name, server).troubles == [])
            try await lab.query(
                .rds, "ModifyDBInstance",
                ["DBInstanceIdentifier": lab.name, parameter: value, "ApplyImmediately": "true"])
            #expect(try await lab.look(RDSInstance.self, lab.name, server).troubles == [trouble])
        }
    }

    @Test func aServerThatLetsPlaintextInFails() async throws {
        try await withAWSEmulator { aws in
            let lab = try AWSLab(aws)
            try await makeServer(lab)
            try await lab.query(
                .rds, "ModifyDBParameterGroup",
                [
                    "DBParameterGroupName": lab.name, "Parameters.Parameter.1.ParameterName": "rds.force_ssl",
                    "Parameters.Parameter.1.ParameterValue": "0", "Parameters.Parameter.1.ApplyMethod": "immediate",
                ])
            #expect(try await lab.look(RDSInstance.self, lab.name, server).troubles == ["force_ssl fail"])
        }
    }

    @Test(arguments: [("in-sync", true), ("pending-reboot", false), (nil, true)])
    func aParameterThatWaitsForARestartIsNotInForce(_ status: String?, _ isForced: Bool) throws {
        let parameter = AWSDocument(
            "Parameter",
            children: [
                AWSDocument("ParameterName", text: "rds.force_ssl"), AWSDocument("ParameterValue", text: "1"),
            ])
        let answer = AWSDocument(
            "",
            children: [AWSDocument("Parameters", children: [parameter])]
                + (status.map { [AWSDocument("ParameterApplyStatus", text: $0)] } ?? []))
        let setting = try #require(RDSInstance.settings.first { $0.key == "force_ssl" })
        #expect(try setting.read(answer) == .flag(isForced))
    }

    @Test func moreDaysOfBackupsThanPromisedAreAsGood() async throws {
        try await withAWSEmulator { aws in
            let lab = try AWSLab(aws)
            try await makeServer(lab)
            #expect(try await lab.look(RDSInstance.self, lab.name, ["backup_days": 7]).troubles == [])
        }
    }

    @Test func aRedisThatWasChangedByHandFails() async throws {
        try await withAWSEmulator { aws in
            let lab = try AWSLab(aws)
            try await makeRedis(lab)
            let promised: [String: AWSValue] = [
                "encrypted_at_rest": true, "failover": true, "log_types": ["slow-log"],
                "maxmemory_policy": "noeviction", "multi_az": true, "nodes": 2, "snapshot_days": 7,
                "transit": "required",
            ]
            #expect(try await lab.look(ReplicationGroup.self, lab.name, promised).troubles == [])
            try await lab.query(.elasticache, "ModifyCacheParameterGroup", policy(lab, "allkeys-lru"))
            try await lab.query(
                .elasticache, "ModifyReplicationGroup",
                ["ReplicationGroupId": lab.name, "SnapshotRetentionLimit": "0", "ApplyImmediately": "true"])
            let results = try await lab.look(ReplicationGroup.self, lab.name, promised)
            #expect(results.troubles == ["maxmemory_policy fail", "snapshot_days fail"])
            #expect(results["maxmemory_policy"]?.observed == "allkeys-lru")
        }
    }

    private func policy(_ lab: AWSLab, _ value: String) -> [String: String] {
        [
            "CacheParameterGroupName": lab.name,
            "ParameterNameValues.ParameterNameValue.1.ParameterName": "maxmemory-policy",
            "ParameterNameValues.ParameterNameValue.1.ParameterValue": value,
        ]
    }

    private func makeRedis(_ lab: AWSLab) async throws {
        try await lab.query(
            .elasticache, "CreateCacheParameterGroup",
            ["CacheParameterGroupName": lab.name, "CacheParameterGroupFamily": "redis7", "Description": "test"])
        try await lab.query(.elasticache, "ModifyCacheParameterGroup", policy(lab, "noeviction"))
        let logs = "LogDeliveryConfigurations.LogDeliveryConfigurationRequest.1"
        try await lab.query(
            .elasticache, "CreateReplicationGroup",
            [
                "ReplicationGroupId": lab.name, "ReplicationGroupDescription": "test", "Engine": "redis",
                "EngineVersion": "7.1", "CacheNodeType": "cache.t4g.small", "NumCacheClusters": "2",
                "AutomaticFailoverEnabled": "true", "MultiAZEnabled": "true", "TransitEncryptionEnabled": "true",
                "TransitEncryptionMode": "required", "AtRestEncryptionEnabled": "true", "SnapshotRetentionLimit": "7",
                "CacheParameterGroupName": lab.name, "\(logs).LogType": "slow-log", "\(logs).LogFormat": "json",
                "\(logs).DestinationType": "cloudwatch-logs",
                "\(logs).DestinationDetails.CloudWatchLogsDetails.LogGroup": "/redis",
            ])
    }

    @Test func aKeyThatWaitsForItsDeletionOrDoesNotRotateFails() async throws {
        try await withAWSEmulator { aws in
            let lab = try AWSLab(aws)
            let key = try #require(try await lab.json(.kms, "CreateKey", [:]).text("KeyMetadata", "Arn"))
            let promised: [String: AWSValue] = ["rotation": true, "enabled": true]
            #expect(try await lab.look(KMSKey.self, key, promised).troubles == ["rotation fail"])
            try await lab.json(.kms, "EnableKeyRotation", ["KeyId": .text(key)])
            #expect(try await lab.look(KMSKey.self, key, promised).troubles == [])
            // moto changes keys by their id alone.
            let id = try #require(key.split(separator: "/").last.map(String.init))
            try await lab.json(.kms, "ScheduleKeyDeletion", ["KeyId": .text(id)])
            #expect(try await lab.look(KMSKey.self, key, ["enabled": true]).troubles == ["enabled fail"])
        }
    }
}
