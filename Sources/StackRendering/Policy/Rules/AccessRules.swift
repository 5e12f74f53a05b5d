let accessRules: [PolicyRule] = [
    PolicyRule(
        "iam.wildcard",
        says: PolicyText(
            "no policy allows everything of a service on everything",
            why: "whoever has the role has the service, with whatever else lives in the account",
            fix: "name the actions and the resources", reference: "AWS FSBP IAM.1, IAM.21")
    ) { scope in
        scope.hits([.identity]) { statement, resource in
            guard statement.isAllow, !scope.isOnlyBoundary(resource) else { return [] }
            let (actions, resources) = statement.wideGrant
            guard !actions.isEmpty else { return [] }
            let names = resources.map { "\"\($0)\"" }.joined(separator: ", ")
            return [.broken("Allow \(actions.joined(separator: ", ")) on Resource \(names)")]
        }
    },
    PolicyRule(
        "iam.negated",
        says: PolicyText(
            "no policy allows all but something", why: "what AWS adds next year is allowed as well",
            fix: "name what is allowed; to refuse something, write a statement with effect Deny",
            reference: "AWS IAM User Guide, NotAction with Allow")
    ) { scope in
        scope.hits([.identity, .resource, .trust]) { statement, _ in
            guard statement.isAllow else { return [] }
            let found = [
                ("NotAction", !statement.notActions.isEmpty), ("NotResource", !statement.notResources.isEmpty),
            ]
            return found.filter(\.1).map { .broken("Allow with \($0.0)") }
        }
    },
    PolicyRule(
        "iam.trust",
        says: PolicyText(
            "roles trust somebody in particular", why: "anybody, or every repository on the same CI, can take the role",
            fix: "name the principal; for OIDC add a condition on the token's `sub`",
            reference: "AWS FSBP IAM.1, CIS 1.22")
    ) { scope in scope.hits([.trust]) { statement, _ in trustFaults(statement) } },
    PolicyRule(
        "iam.admin", on: Set(attachments.keys),
        says: PolicyText(
            "nothing gets an administrator's policy, or all of a service",
            why: "a leak of that role's credentials is a leak of the account",
            fix: "attach a policy with the actions that are needed", reference: "AWS FSBP IAM.1")
    ) { resource, scope in adminFaults(resource, scope) },
    PolicyRule(
        "iam.opaque",
        says: PolicyText(
            "every policy can be read in the plan", why: "what a policy allows would be known only once it is in force",
            fix: "write it with data.aws_iam_policy_document, with actions that do not depend on other resources",
            reference: "docs: opsctl stack policy")
    ) { scope in
        scope.policies([.identity, .resource, .trust]).compactMap { resource, policy in
            guard case .opaque(let why) = policy else { return nil }
            return PolicyHit(layer: resource.layer, address: resource.address, fault: .unknown(why))
        }
    },
]

private func trustFaults(_ statement: AccessStatement) -> [PolicyFault] {
    guard statement.isAllow else { return [] }
    var faults: [PolicyFault] = []
    if statement.principals.contains(where: \.isEverybody) || !statement.notPrincipals.isEmpty {
        faults.append(.broken("it trusts Principal \"*\""))
    }
    let isFederated =
        statement.principals.contains { $0.type == "Federated" && $0.identifier?.contains("saml-provider") != true }
        || statement.actions.contains("sts:AssumeRoleWithWebIdentity")
    guard isFederated else { return faults }
    let subjects = statement.conditions.filter {
        $0.variable.hasSuffix(":sub") && $0.test.contains("String") && !$0.test.contains("Not")
    }
    let values = subjects.flatMap(\.values)
    if values.isEmpty {
        faults.append(.broken("it trusts an OIDC provider without a condition on `sub`"))
    } else if values.contains(nil) {
        faults.append(.unknown("the condition on `sub` is known only after apply"))
    } else if values.contains(where: { $0 == "*" || $0?.hasPrefix("repo:*") == true }) {
        faults.append(.broken("its condition on `sub` holds for everybody"))
    }
    return faults
}

private let attachments = [
    "aws_iam_role_policy_attachment": "policy_arn", "aws_iam_user_policy_attachment": "policy_arn",
    "aws_iam_group_policy_attachment": "policy_arn", "aws_iam_policy_attachment": "policy_arn",
    "aws_iam_role_policy_attachments_exclusive": "policy_arns", "aws_iam_role": "managed_policy_arns",
]

private let administrators: Set = [
    "AdministratorAccess", "PowerUserAccess", "SecretsManagerReadWrite", "AWSKeyManagementServicePowerUser",
]

/// The name of a policy of AWS that gives all of a service, or the means to take the rest.
private func administratorName(_ arn: String) -> String? {
    guard let name = arn.split(separator: "/").last.map(String.init) else { return nil }
    let isFull = arn.contains(":iam::aws:policy/") && name.contains("FullAccess")
    return administrators.contains(name) || isFull ? name : nil
}

private func adminFaults(_ resource: PolicyResource, _ scope: PolicyScope) -> [PolicyFault] {
    guard let argument = attachments[resource.type] else { return [] }
    guard let texts = resource.values.texts(argument), !texts.contains(nil) else {
        return isOwnPolicy(resource, argument, scope) ? [] : [.unknown("\(argument) is known only after apply")]
    }
    return texts.compactMap { $0.flatMap(administratorName) }.map { .broken("it attaches \($0)") }
}

/// Whether what is not known yet is the ARN of a policy that the same plan makes, and that other rules look at.
private func isOwnPolicy(_ resource: PolicyResource, _ argument: String, _ scope: PolicyScope) -> Bool {
    // Without an argument in the files it is what the provider reads back.
    if resource.declaration != nil, !resource.isConfigured(argument) { return true }
    let sources = scope.references.sources(of: resource, argument)
    return sources.isComplete && !sources.resources.isEmpty
        && sources.resources.allSatisfy { $0.type == "aws_iam_policy" }
}

extension PolicyScope {
    /// Whether a policy only bounds roles and is attached to nothing: it allows nothing by itself.
    fileprivate func isOnlyBoundary(_ policy: PolicyResource) -> Bool {
        guard policy.type == "aws_iam_policy" else { return false }
        func refer(_ argument: String, _ type: String) -> Bool {
            resources.contains { resource in
                guard resource.type == type, !resource.isData else { return false }
                if let texts = resource.values.texts(argument), !texts.contains(nil) {
                    return policy.values.known("arn").string.map(texts.contains) ?? false
                }
                let sources = references.sources(of: resource, argument)
                // What cannot be told could be an attachment of this policy.
                let isUnsure = !sources.isComplete && type != "aws_iam_role"
                return isUnsure
                    || sources.resources.contains { $0.address == policy.address && $0.layer == policy.layer }
            }
        }
        let isAttached = attachments.contains { type, argument in type != "aws_iam_role" && refer(argument, type) }
        return refer("permissions_boundary", "aws_iam_role") && !isAttached
    }
}
