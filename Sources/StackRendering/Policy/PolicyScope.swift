/// Where an environment is allowed to be.
package struct PolicyPlace: Sendable, Equatable {
    package let accountID: String
    package let regions: Set<String>
    /// Where the CDN's certificate and firewall must be; only the layer `edge` may be there.
    package let edgeRegion: String?

    package init(accountID: String, regions: Set<String>, edgeRegion: String? = nil) {
        (self.accountID, self.regions, self.edgeRegion) = (accountID, regions, edgeRegion)
    }

    func allows(_ region: String, layer: String) -> Bool {
        regions.contains(region) || (layer == "edge" && region == edgeRegion)
    }
}

/// Everything that the rules look at: all layers together, so that one may protect what another holds.
struct PolicyScope: Sendable {
    let resources: [PolicyResource]
    let plans: [(layer: String, document: PlanDocument)]
    let place: PolicyPlace?
    let protection: Protection

    init(_ plans: [(layer: String, document: PlanDocument)], place: PolicyPlace?, protection: Protection) throws {
        resources = try plans.flatMap { try PolicyResource.all(in: $0.document, layer: $0.layer) }
        (self.plans, self.place, self.protection) = (plans, place, protection)
    }

    var references: PlanReferences { PlanReferences(resources: resources) }

    enum Companions {
        case found([PolicyResource])
        /// There are some of that type, and the plan does not tell whose they are.
        case unsure
        case none
    }

    /// The resources of `type` that belong to `resource`: their `argument` names it, by value or by reference.
    func companions(_ type: String, of resource: PolicyResource, by argument: String) -> Companions {
        let own = ["bucket", "id", "arn", "name"].compactMap { resource.values.known($0).string }
        var (found, isUnsure): ([PolicyResource], Bool) = ([], false)
        for candidate in resources where candidate.type == type && !candidate.isData {
            if let text = candidate.values.known(argument).string {
                if own.contains(text) { found.append(candidate) }
                continue
            }
            guard candidate.layer == resource.layer else { continue }
            let sources = references.sources(of: candidate, argument)
            if sources.resources.contains(where: { $0.address == resource.address }) {
                found.append(candidate)
            } else if !sources.isComplete {
                isUnsure = true
            }
        }
        return found.isEmpty ? (isUnsure ? .unsure : .none) : .found(found)
    }

    /// Faults of the companions that a resource must have.
    func faults(
        _ resource: PolicyResource, needs type: String, by argument: String,
        _ judge: (PolicyResource) -> [PolicyFault]
    ) -> [PolicyFault] {
        switch companions(type, of: resource, by: argument) {
        case .none: [.broken("it has no \(type)")]
        case .unsure: [.unknown("the plan does not tell which \(type) belongs to it")]
        case .found(let companions): companions.flatMap(judge)
        }
    }
}
