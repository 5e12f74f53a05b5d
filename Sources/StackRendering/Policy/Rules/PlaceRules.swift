let placeRules: [PolicyRule] = [
    PolicyRule(
        "place.account",
        says: PolicyText(
            "every layer is bound to the environment's account",
            why: "with the wrong credentials it changes another environment",
            fix: "allowed_account_ids in every provider block, and no ARN of another account",
            reference: "docs: opsctl stack plan")
    ) { scope in
        guard let place = scope.place else { return [] }
        return scope.providerHits { expressions, configuration, _ in
            guard let accounts = configuration.constant(expressions["allowed_account_ids"]) else {
                return [.broken("the provider has no allowed_account_ids")]
            }
            return accounts == .list([.string(place.accountID)])
                ? [] : [.broken("allowed_account_ids is \(accounts.json), expected \(place.accountID)")]
        }
            + scope.arnHits { arn, _ in
                arn.account.isEmpty || arn.account == place.accountID ? nil : "it is in account \(arn.account)"
            }
    },
    PolicyRule(
        "place.region",
        says: PolicyText(
            "everything is in the environment's regions", why: "data leaves the place that was agreed on",
            fix: "use a provider of the environment's region", reference: "docs: opsctl stack render")
    ) { scope in
        guard let place = scope.place else { return [] }
        return scope.providerHits { expressions, configuration, layer in
            guard let region = configuration.constant(expressions["region"])?.string else {
                return [.unknown("the provider's region is not a literal or a variable")]
            }
            return place.allows(region, layer: layer) ? [] : [.broken("the provider's region is \(region)")]
        }
            + scope.arnHits { arn, layer in
                arn.region.isEmpty || place.allows(arn.region, layer: layer) ? nil : "it is in \(arn.region)"
            }
    },
    PolicyRule(
        "tags.required",
        says: PolicyText(
            "every resource says whose it is", why: "nobody answers for it, and nobody dares to remove it",
            fix: "default_tags of the provider, as opsctl stack render writes them",
            reference: "AWS Tagging Best Practices")
    ) { scope in
        scope.resources.filter { !$0.isData }.flatMap { resource in
            tagFaults(resource).map { PolicyHit(layer: resource.layer, address: resource.address, fault: $0) }
        }
    },
]

private let requiredTags = ["CostCentre", "DataClass", "Environment", "Layer", "ManagedBy", "Owner", "Product"]

private func tagFaults(_ resource: PolicyResource) -> [PolicyFault] {
    let tags = resource.values.at("tags_all")
    if tags.isUnknown { return [.unknown("tags_all is known only after apply")] }
    guard let members = tags.value.members else {
        // Without the attribute the type cannot be tagged.
        return resource.values.value["tags_all"] == nil ? [] : [.broken("it has no tags")]
    }
    let missing = requiredTags.filter { !tags[.key($0)].isUnknown && (members[$0] ?? .null).isNothing }
    return missing.isEmpty ? [] : [.broken("tags are missing: \(missing.joined(separator: ", "))")]
}

/// `arn:aws:service:region:account:…`
private struct ResourceName {
    let region: String
    let account: String

    init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "arn" else { return nil }
        (region, account) = (String(parts[3]), String(parts[4]))
    }
}

extension PolicyScope {
    fileprivate func arnHits(_ fault: (ResourceName, String) -> String?) -> [PolicyHit] {
        resources.filter { !$0.isData }.compactMap { resource in
            guard let text = resource.values.known("arn").string, let arn = ResourceName(text),
                let why = fault(arn, resource.layer)
            else { return nil }
            return PolicyHit(layer: resource.layer, address: resource.address, fault: .broken(why))
        }
    }

    /// One look at each AWS provider of each layer.
    fileprivate func providerHits(_ judge: (PlanValue, PlanConfiguration, String) -> [PolicyFault]) -> [PolicyHit] {
        plans.flatMap { layer, document -> [PolicyHit] in
            let configuration = PlanConfiguration(document)
            return configuration.providers.sorted { $0.key < $1.key }
                .filter { $0.value.isAWSProvider }
                .flatMap { name, provider in
                    judge(provider["expressions"] ?? .object([:]), configuration, layer).map {
                        PolicyHit(layer: layer, address: "provider.\(name)", fault: $0)
                    }
                }
        }
    }
}

extension PlanValue {
    /// Whether this is a provider block for AWS; a module that only passes its caller's on has no settings of its own.
    fileprivate var isAWSProvider: Bool {
        self["full_name"]?.string?.hasSuffix("hashicorp/aws") == true
            && (self["expressions"] != nil || self["module_address"] == nil)
    }
}
