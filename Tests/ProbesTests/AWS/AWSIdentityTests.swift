import AWSClient
import OpsModel
import TestSupport
import Testing

@testable import Probes

@Suite(.enabled(if: AWSEmulator.isThere, "\(AWSEmulator.reason)")) struct AWSIdentityTests {
    private func trust(_ principal: String) -> String {
        """
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": \(principal), \
        "Action": "sts:AssumeRole"}]}
        """
    }

    private let allowed = """
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
        """

    private func makeRole(_ lab: AWSLab) async throws -> [String: AWSValue] {
        let boundary = try await lab.query(
            .iam, "CreatePolicy", ["PolicyName": "\(lab.name)-boundary", "PolicyDocument": allowed])
        let arn = try #require(boundary.text("Policy", "Arn"))
        try await lab.query(
            .iam, "CreateRole",
            [
                "RoleName": lab.name, "PermissionsBoundary": arn,
                "AssumeRolePolicyDocument": trust(#"{"Service": "ecs-tasks.amazonaws.com"}"#),
            ])
        try await lab.query(
            .iam, "PutRolePolicy", ["RoleName": lab.name, "PolicyName": "files", "PolicyDocument": allowed])
        return [
            "inline_policies": ["files"], "attached_policies": [], "boundary": .text(arn),
            "trusted": ["ecs-tasks.amazonaws.com"],
        ]
    }

    @Test func policiesThatWereAddedByHandFailAndAreNamed() async throws {
        try await withAWSEmulator { aws in
            let lab = try AWSLab(aws)
            let promised = try await makeRole(lab)
            #expect(try await lab.look(IAMRole.self, lab.name, promised).troubles == [])
            let admin = "arn:aws:iam::aws:policy/AdministratorAccess"
            try await lab.query(.iam, "AttachRolePolicy", ["RoleName": lab.name, "PolicyArn": admin])
            try await lab.query(
                .iam, "PutRolePolicy", ["RoleName": lab.name, "PolicyName": "rogue", "PolicyDocument": allowed])
            let results = try await lab.look(IAMRole.self, lab.name, promised)
            #expect(results.troubles == ["attached_policies fail", "inline_policies fail"])
            #expect(results["attached_policies"]?.observed == "in excess: \(admin)")
            #expect(results["inline_policies"]?.observed == "in excess: rogue")
        }
    }

    @Test func aRoleThatTrustsAnotherAccountAndLostItsBoundaryFails() async throws {
        try await withAWSEmulator { aws in
            let lab = try AWSLab(aws)
            let promised = try await makeRole(lab)
            try await lab.query(.iam, "DeleteRolePermissionsBoundary", ["RoleName": lab.name])
            try await lab.query(
                .iam, "UpdateAssumeRolePolicy",
                [
                    "RoleName": lab.name,
                    "PolicyDocument": trust(
                        #"{"Service": "ecs-tasks.amazonaws.com", "AWS": "arn:aws:iam::999999999999:root"}"#),
                ])
            let results = try await lab.look(IAMRole.self, lab.name, promised)
            #expect(results.troubles == ["boundary fail", "trusted fail"])
            #expect(results["trusted"]?.observed == "in excess: arn:aws:iam::999999999999:root")
        }
    }

    @Test(arguments: [
        (#"{"StringEquals": {"ci.example.com:sub": "repo:a/b:ref", "ci.example.com:aud": "x"}}"#, "repo:a/b:ref"),
        (#"{"StringEquals": {"ci.example.com:aud": "x"}}"#, "anybody"),
        (#"{"StringNotLike": {"ci.example.com:sub": "repo:a/*"}}"#, "anybody"),
    ])
    func subjectsOfARoleForTokensAreNamed(_ condition: String, _ subject: String) async throws {
        try await withAWSEmulator { aws in
            let lab = try AWSLab(aws)
            let policy = """
                {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Federated": \
                "arn:aws:iam::\(aws.account):oidc-provider/ci.example.com"}, "Action": "sts:AssumeRoleWithWebIdentity", \
                "Condition": \(condition)}]}
                """
            try await lab.query(
                .iam, "CreateRole", ["RoleName": lab.name, "AssumeRolePolicyDocument": policy])
            #expect(try await lab.look(IAMRole.self, lab.name, ["subjects": [subject]]).troubles == [])
            let promised: [String: AWSValue] = ["subjects": ["repo:other/b:ref"]]
            let results = try await lab.look(IAMRole.self, lab.name, promised)
            #expect(results.troubles == ["subjects fail"])
            #expect(results["subjects"]?.observed.hasPrefix("in excess: \(subject)") == true)
        }
    }

    /// IAM gives 100 policies a page: a rogue one on the second page counts too.
    @Test func everyPageOfPoliciesIsRead() async throws {
        try await withAWSEmulator { aws in
            let lab = try AWSLab(aws)
            _ = try await makeRole(lab)
            var arns: [String] = []
            for index in 0..<101 {
                let made = try await lab.query(
                    .iam, "CreatePolicy", ["PolicyName": "\(lab.name)-\(index)", "PolicyDocument": allowed])
                arns.append(try #require(made.text("Policy", "Arn")))
                try await lab.query(.iam, "AttachRolePolicy", ["RoleName": lab.name, "PolicyArn": arns[index]])
            }
            let promised: [String: AWSValue] = ["attached_policies": .list(arns)]
            #expect(try await lab.look(IAMRole.self, lab.name, promised).troubles == [])
        }
    }

    @Test func aProviderThatAcceptsAnotherAudienceFails() async throws {
        try await withAWSEmulator { aws in
            let lab = try AWSLab(aws)
            let url = "https://\(lab.name).example.com"
            let made = try await lab.query(
                .iam, "CreateOpenIDConnectProvider",
                [
                    "Url": url, "ClientIDList.member.1": "sts.amazonaws.com", "ClientIDList.member.2": "rogue",
                    "ThumbprintList.member.1": String(repeating: "a", count: 40),
                ])
            let arn = try #require(made.text("OpenIDConnectProviderArn"))
            let all: [String: AWSValue] = ["url": .text(url), "audiences": ["sts.amazonaws.com", "rogue"]]
            #expect(try await lab.look(OIDCProvider.self, arn, all).troubles == [])
            let promised: [String: AWSValue] = ["audiences": ["sts.amazonaws.com"]]
            #expect(try await lab.look(OIDCProvider.self, arn, promised).troubles == ["audiences fail"])
        }
    }

    @Test func aSecretWithoutAValueFailsAndOneThatWaitsForItsDeletionDoesNotExist() async throws {
        try await withAWSEmulator { aws in
            let lab = try AWSLab(aws)
            let made = try await lab.json(.secretsmanager, "CreateSecret", ["Name": .text(lab.name)])
            let arn = try #require(made.text("ARN"))
            #expect(try await lab.look(StoredSecret.self, arn, ["has_value": true]).troubles == ["has_value fail"])
            try await lab.json(
                .secretsmanager, "PutSecretValue", ["SecretId": .text(arn), "SecretString": "value"])
            #expect(try await lab.look(StoredSecret.self, arn, ["has_value": true]).troubles == [])
            try await lab.json(.secretsmanager, "DeleteSecret", ["SecretId": .text(arn)])
            #expect(
                try await lab.look(StoredSecret.self, arn, ["has_value": true]).troubles
                    == ["exists fail", "has_value blocked"])
        }
    }

    @Test func aRegistryWhoseTagsCanBeMovedFails() async throws {
        try await withAWSEmulator { aws in
            let lab = try AWSLab(aws)
            try await lab.json(
                .ecr, "CreateRepository",
                [
                    "repositoryName": .text(lab.name), "imageTagMutability": "IMMUTABLE",
                    "imageScanningConfiguration": ["scanOnPush": true],
                    "encryptionConfiguration": ["encryptionType": "KMS"],
                ])
            let promised: [String: AWSValue] = ["immutable": true, "scan_on_push": true, "encryption": "KMS"]
            #expect(try await lab.look(ECRRepository.self, lab.name, promised).troubles == [])
            try await lab.json(
                .ecr, "PutImageTagMutability",
                ["repositoryName": .text(lab.name), "imageTagMutability": "MUTABLE"])
            #expect(try await lab.look(ECRRepository.self, lab.name, promised).troubles == ["immutable fail"])
        }
    }
}
