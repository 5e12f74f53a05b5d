let strangerRule = PolicyRule(
    "policy.stranger",
    says: PolicyText(
        "no policy lets another account in", why: "who holds that account decides who reads, and nobody here sees it",
        fix: "name a principal of the environment's own account, or an AWS service; "
            + "load balancers' logs come from logdelivery.elasticloadbalancing.amazonaws.com",
        reference: "AWS FSBP S3.6, IAM Access Analyzer")
) { scope in
    guard let place = scope.place else { return [] }
    return scope.resources.filter { !$0.isData }.flatMap { resource in
        PolicyArgument.all.filter { $0.type == resource.type && $0.kind != .identity }.flatMap { argument in
            strangerFaults(resource, argument.argument, scope, account: place.accountID).map {
                PolicyHit(layer: resource.layer, address: resource.address, fault: $0)
            }
        }
    }
}

private func strangerFaults(_ resource: PolicyResource, _ argument: String, _ scope: PolicyScope, account: String)
    -> [PolicyFault]
{
    guard case .statements(let statements) = scope.policy(of: resource, argument) else { return [] }
    let principals = statements.filter(\.isAllow).flatMap(\.principals).filter { ["AWS", ""].contains($0.type) }
    let strangers = principals.compactMap(\.identifier).filter { isStranger($0, account: account) }
    if !strangers.isEmpty {
        return [.broken("Allow for \(Set(strangers).sorted().joined(separator: ", "))")]
    }
    let isUnsure = principals.contains { $0.identifier == nil } && !scope.explainsPrincipals(of: resource, argument)
    return isUnsure ? [.unknown("a principal is known only after apply, and not from this plan")] : []
}

/// Everybody is `policy.public` and `iam.trust`; identities that CloudFront makes belong to no customer.
private func isStranger(_ principal: String, account: String) -> Bool {
    guard principal != "*" else { return false }
    let parts = principal.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    let owner = parts.count == 6 && parts[0] == "arn" ? String(parts[4]) : principal
    return owner != account && owner != "cloudfront"
}

extension PolicyScope {
    /// Whether all principals come from resources of the same plan, which are the environment's own.
    fileprivate func explainsPrincipals(of resource: PolicyResource, _ argument: String) -> Bool {
        let documents = references.sources(of: resource, argument)
        guard documents.isComplete, !documents.resources.isEmpty else { return false }
        return documents.resources.allSatisfy { document in
            let blocks = document.declaration?["expressions"]?["statement"]?.elements ?? []
            let principals = blocks.compactMap { $0["principals"] }
            guard !principals.isEmpty else { return false }
            return references.sources(of: document, in: .list(principals)).isComplete
        }
    }
}
