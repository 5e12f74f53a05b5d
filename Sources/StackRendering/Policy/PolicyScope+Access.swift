/// An argument that holds an IAM policy.
struct PolicyArgument: Sendable, Hashable {
    enum Kind: Sendable { case identity, resource, trust }

    let type: String
    let argument: String
    let kind: Kind

    static let all: [PolicyArgument] =
        ["aws_iam_policy", "aws_iam_role_policy", "aws_iam_user_policy", "aws_iam_group_policy"].map {
            PolicyArgument(type: $0, argument: "policy", kind: .identity)
        }
        + [
            "aws_s3_bucket_policy", "aws_kms_key", "aws_kms_key_policy", "aws_kms_replica_key", "aws_sns_topic_policy",
            "aws_sns_topic",
            "aws_sqs_queue_policy", "aws_sqs_queue", "aws_secretsmanager_secret_policy", "aws_secretsmanager_secret",
            "aws_ecr_repository_policy", "aws_ecr_registry_policy",
        ].map { PolicyArgument(type: $0, argument: "policy", kind: .resource) }
        + [
            PolicyArgument(type: "aws_cloudwatch_log_resource_policy", argument: "policy_document", kind: .resource),
            PolicyArgument(type: "aws_iam_role", argument: "assume_role_policy", kind: .trust),
        ]
}

extension PolicyScope {
    /// All policies of the given kinds, with what they say.
    func policies(_ kinds: Set<PolicyArgument.Kind>) -> [(resource: PolicyResource, policy: AccessPolicy)] {
        resources.filter { !$0.isData }.flatMap { resource in
            (kinds.contains(.identity) ? inlinePolicies(of: resource).map { (resource, $0) } : [])
                + PolicyArgument.all.filter { $0.type == resource.type && kinds.contains($0.kind) }.compactMap {
                    policy(of: resource, $0.argument).map { (resource, $0) }
                }
        }
    }

    /// Policies inside a role. Those that stand apart in the plan are read back here by the provider, and judged there.
    private func inlinePolicies(of role: PolicyResource) -> [AccessPolicy] {
        guard role.type == "aws_iam_role" else { return [] }
        guard let blocks = role.values.blocks("inline_policy") else {
            return role.isConfigured("inline_policy")
                ? [.opaque("inline_policy is known only after apply, use aws_iam_role_policy")] : []
        }
        let apart = Set(
            resources.filter { policy in
                let owner = policy.values.known("role").string
                return policy.type == "aws_iam_role_policy" && !policy.isData
                    && (owner == nil || owner == role.values.known("name").string)
            }.compactMap { $0.values.known("name").string })
        return blocks.compactMap { block in
            if let name = block.known("name").string, apart.contains(name) { return nil }
            switch block.known("policy") {
            case .value(.string(let json)) where !json.isEmpty: return AccessPolicy(json: json)
            case .value(let value) where value.isNothing: return nil
            default: return .opaque("inline_policy is known only after apply, use aws_iam_role_policy")
            }
        }
    }

    /// Hits for each statement of the policies that can be seen. Those that cannot are `iam.opaque`.
    func hits(
        _ kinds: Set<PolicyArgument.Kind>, _ judge: (AccessStatement, PolicyResource) -> [PolicyFault]
    ) -> [PolicyHit] {
        policies(kinds).flatMap { resource, policy -> [PolicyHit] in
            guard case .statements(let statements) = policy else { return [] }
            return statements.flatMap { judge($0, resource) }.map {
                PolicyHit(layer: resource.layer, address: resource.address, fault: $0)
            }
        }
    }

    /// What a policy says; nil when none is set.
    func policy(of resource: PolicyResource, _ argument: String) -> AccessPolicy? {
        switch resource.values.known(argument) {
        case .value(.string(let json)) where !json.isEmpty: return AccessPolicy(json: json)
        case .value(let value) where value.isNothing: return nil
        case .value: return .opaque("\(argument) is not a text")
        case .unknown: break
        }
        guard resource.declaration == nil || resource.isConfigured(argument) else { return nil }
        let sources = references.sources(of: resource, argument)
        let documents = sources.resources.filter { $0.isData && $0.type == "aws_iam_policy_document" }
        guard sources.isComplete, !documents.isEmpty, documents.count == sources.resources.count else {
            return .opaque(
                "\(argument) is known only after apply, and does not come from aws_iam_policy_document alone")
        }
        return combined(documents.map { policy(in: $0, depth: 0) })
    }

    /// What a `data.aws_iam_policy_document` says, with the documents that it is made of.
    private func policy(in data: PolicyResource, depth: Int) -> AccessPolicy {
        if let json = data.values.known("json").string, !json.isEmpty { return AccessPolicy(json: json) }
        guard depth < 8, let blocks = data.values.blocks("statement") else {
            return .opaque("the statements of \(data.address) are known only after apply")
        }
        let statements = blocks.map(AccessStatement.init(block:))
        guard !statements.contains(nil) else {
            return .opaque("actions in \(data.address) are known only after apply")
        }
        let parts = ["source_policy_documents", "override_policy_documents"].flatMap { argument -> [AccessPolicy] in
            guard data.values.known(argument).value?.isNothing != true || data.isConfigured(argument) else { return [] }
            if let texts = data.values.texts(argument), !texts.contains(nil) {
                return texts.compactMap { $0.map { AccessPolicy(json: $0) } }
            }
            let sources = references.sources(of: data, argument)
            let isSeen = sources.isComplete && sources.resources.allSatisfy { $0.type == "aws_iam_policy_document" }
            return isSeen
                ? sources.resources.map { policy(in: $0, depth: depth + 1) }
                : [.opaque("\(argument) of \(data.address) is known only after apply")]
        }
        return combined([.statements(statements.compactMap(\.self))] + parts)
    }

    private func combined(_ policies: [AccessPolicy]) -> AccessPolicy {
        var all: [AccessStatement] = []
        for policy in policies {
            guard case .statements(let statements) = policy else { return policy }
            all += statements
        }
        return .statements(all)
    }
}
