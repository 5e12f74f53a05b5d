import AWSClient

/// A role of IAM.
package enum IAMRole: AWSKind {
    package static let kind = "aws.iam_role"
    package static let locators = ["role"]
    package static let questions: [AWSQuestion] = [
        AWSQuestion(
            needs: "iam:GetRole",
            settings: [
                .text(
                    "boundary", "arn:aws:iam::123456789012:policy/boundary", "Is the role held by its boundary?",
                    why: "without it the role can give itself every right", flaw: ("the boundary was taken away", ""),
                    fix: "aws iam put-role-permissions-boundary --role-name {id} --permissions-boundary ARN",
                    expectsNull: true
                ) { $0.text("PermissionsBoundary", "PermissionsBoundaryArn") },
                .list(
                    "trusted", ["ecs-tasks.amazonaws.com"], "Can only the declared principals take on the role?",
                    why: "whoever is trusted beyond them has all its rights",
                    flaw: (
                        "another account is trusted", ["arn:aws:iam::999999999999:root", "ecs-tasks.amazonaws.com"]
                    ),
                    fix: "aws iam get-role --role-name {id} --query Role.AssumeRolePolicyDocument"
                ) { try trust($0).flatMap(\.principals) },
                .list(
                    "subjects", ["repo:example/app:environment:production"],
                    "Can only the declared jobs take on the role?",
                    why: "every repository on the same CI has its rights",
                    flaw: ("anybody's token will do", ["anybody"]),
                    fix: "aws iam get-role --role-name {id} --query Role.AssumeRolePolicyDocument"
                ) {
                    try trust($0).filter(\.isForWebIdentities).flatMap {
                        $0.subjects.isEmpty ? ["anybody"] : $0.subjects
                    }
                },
            ]
        ) { try await $0.one(.query(.iam, "GetRole", ["RoleName": $0.id]), at: "Role") },
        AWSQuestion(
            needs: "iam:ListRolePolicies",
            settings: [
                .list(
                    "inline_policies", ["read-bucket"], "Has the role only the declared policies of its own?",
                    why: "a policy that somebody added is a right that nobody reviewed",
                    flaw: ("a rogue policy was added", ["read-bucket", "rogue"]),
                    fix: "aws iam list-role-policies --role-name {id}"
                ) { $0.texts("PolicyNames", "member") }
            ]
        ) { try await $0.policies("ListRolePolicies") },
        AWSQuestion(
            needs: "iam:ListAttachedRolePolicies",
            settings: [
                .list(
                    "attached_policies", ["arn:aws:iam::123456789012:policy/app"],
                    "Are only the declared policies attached to the role?",
                    why: "a policy that somebody attached is a right that nobody reviewed",
                    flaw: (
                        "AdministratorAccess was attached",
                        [
                            "arn:aws:iam::123456789012:policy/app",
                            "arn:aws:iam::aws:policy/AdministratorAccess",
                        ]
                    ),
                    fix: "aws iam list-attached-role-policies --role-name {id}"
                ) { $0.texts("AttachedPolicies", "member", "PolicyArn") }
            ]
        ) { try await $0.policies("ListAttachedRolePolicies") },
    ]

    /// The statements that let somebody take on the role.
    private static func trust(_ role: AWSDocument) throws -> [PolicyDocument.Statement] {
        try PolicyDocument(role.text("AssumeRolePolicyDocument") ?? "", action: "iam:GetRole").statements.filter {
            !$0.isDeny
        }
    }
}

extension AWSQuestioner {
    fileprivate func policies(_ action: String) async throws -> AWSDocument {
        try await session.askAll { marker in
            .query(.iam, action, ["RoleName": id].merging(marker.map { ["Marker": $0] } ?? [:]) { $1 })
        } next: {
            $0.flag("IsTruncated") ? $0.text("Marker") : nil
        }
    }
}
