/// Decides the class of every difference of one layer, from its plan alone.
struct LayerDrift {
    let layer: String
    let document: PlanDocument
    let owned: [OwnedAttribute]
    private let resources: [PolicyResource]
    private let changes: [String: PlanResourceChange]

    /// - Parameter resources: of all layers, for one may attach to what another holds.
    init(layer: String, document: PlanDocument, owned: [OwnedAttribute], resources: [PolicyResource]) {
        (self.layer, self.document, self.owned) = (layer, document, owned)
        self.resources = resources
        let managed = document.resourceChanges.filter { !$0.isData && !$0.isDeposed }
        // Drift is told under the address that the state has, which may be one that a `moved` block leaves.
        let byAddress =
            managed.map { ($0.address, $0) } + managed.compactMap { each in each.previousAddress.map { ($0, each) } }
        changes = Dictionary(byAddress, uniquingKeysWith: { first, _ in first })
    }

    var entries: [DriftReport.Entry] {
        let drifts = document.resourceDrift.filter { !$0.isData && !$0.isDeposed && $0.change.action != .none }
        let found = drifts.map { ($0, differences(of: $0)) }
        let drifted = Dictionary(found.map { ($0.address, $1.map(\.anchor)) }, uniquingKeysWith: +)
        let gone = Set(drifts.filter { $0.change.action == .destroy }.map(\.address))
        return found.flatMap(entries)
            + document.resourceChanges.flatMap { pending($0, drifted[$0.address] ?? [], gone) }
    }

    /// Differences that are more than another way to write the same, or what resources of their own account for.
    private func differences(of drift: PlanResourceChange) -> [AttributeDifference] {
        guard drift.change.action == .update || drift.change.action == .replace else { return [] }
        let found = PlanDifference(drift.change, comparing: \.driftForm).found
        let real = found.filter { difference in
            guard case .key(let attribute)? = difference.anchor.first,
                let mirror = DriftMirror.covering(drift.type, attribute)
            else { return true }
            return !mirror.accounts(for: difference, in: drift, among: resources)
        }
        let planned = changes[drift.address]?.change
        return real.filter { !isEcho($0, among: real, planned) }
    }

    /// `tags_all` repeats `tags`, and what only the apply will tell follows from another attribute.
    private func isEcho(_ difference: AttributeDifference, among all: [AttributeDifference], _ planned: PlanChange?)
        -> Bool
    {
        if difference.anchor.first == .key("tags_all") {
            return all.contains { $0.anchor.first == .key("tags") } || isKept(difference, planned)
        }
        let isComputed =
            planned?.action == .update && planned.map { $0.sides.after.at(difference.anchor).isUnknown } == true
        return isComputed && all.contains { planned?.sides.after.at($0.anchor).isUnknown == false }
    }

    /// Whether an apply leaves the account as it is there.
    private func isKept(_ difference: AttributeDifference, _ planned: PlanChange?) -> Bool {
        guard let planned, planned.action != .none else { return true }
        guard planned.action == .update else { return false }
        let (live, next) = (planned.sides.before.at(difference.anchor), planned.sides.after.at(difference.anchor))
        return !next.unknown.hasMark && live.value.driftForm == next.value.driftForm
    }

    private func entries(_ drift: PlanResourceChange, _ differences: [AttributeDifference]) -> [DriftReport.Entry] {
        let change = changes[drift.address]
        let address = change?.address ?? drift.address
        guard drift.change.action != .destroy else {
            let isMadeAgain = change?.change.action == .create
            return [
                entry(
                    address, AttributeChange(path: "", before: "there", after: "deleted out of band"),
                    planned: isMadeAgain ? "made again" : "forgotten", isMadeAgain ? .reverted : .swallowed)
            ]
        }
        return differences.map { difference in
            let owner = owned.first { $0.covers(type: drift.type, path: difference.change.path) }
            guard !isKept(difference, change?.change) else {
                return entry(
                    address, difference.change, planned: "left as it is", owner == nil ? .swallowed : .owned, owner)
            }
            return entry(
                address, difference.change, planned: planned(difference, drift.change, change?.change), .reverted)
        }
    }

    private func planned(_ difference: AttributeDifference, _ drift: PlanChange, _ planned: PlanChange?) -> String {
        guard let planned, planned.action == .update else { return "made anew with the resource" }
        let (recorded, next) = (drift.before.at(difference.anchor) ?? .null, planned.sides.after.at(difference.anchor))
        let isBack = !next.unknown.hasMark && next.value.driftForm == recorded.driftForm
        return isBack ? difference.change.before : next.text
    }

    /// What an apply would do besides undoing drift.
    private func pending(
        _ resource: PlanResourceChange, _ drifted: [[PlanStep]], _ gone: Set<String>
    ) -> [DriftReport.Entry] {
        guard !resource.isData, !resource.isDeposed else { return [] }
        func whole(_ before: String, _ planned: String) -> [DriftReport.Entry] {
            [
                entry(
                    resource.address, AttributeChange(path: "", before: before, after: before), planned: planned,
                    .pending)
            ]
        }
        switch resource.change.action {
        case .none, .read: return []
        case .create: return gone.contains(resource.address) ? [] : whole("not there", "made")
        case .destroy: return whole("there", "destroyed")
        case .forget: return whole("there", "forgotten")
        case .update, .replace: return pendingAttributes(resource, drifted)
        }
    }

    private func pendingAttributes(_ resource: PlanResourceChange, _ drifted: [[PlanStep]]) -> [DriftReport.Entry] {
        let found = PlanDifference(resource.change, comparing: \.driftForm).found.filter { difference in
            !drifted.contains { $0.starts(with: difference.anchor) || difference.anchor.starts(with: $0) }
        }
        let known = found.filter { $0.change.after != unknownText && $0.anchor.first != .key("tags_all") }
        return (known.isEmpty && drifted.isEmpty ? found : known).map { difference in
            let change = difference.change
            return entry(
                resource.address, AttributeChange(path: change.path, before: change.before, after: change.before),
                planned: change.after, .pending)
        }
    }

    private func entry(
        _ address: String, _ change: AttributeChange, planned: String, _ kind: DriftClass,
        _ owner: OwnedAttribute? = nil
    ) -> DriftReport.Entry {
        let texts = document.sensitive
        return DriftReport.Entry(
            layer: layer, address: texts.hide(address), attribute: texts.hide(change.path),
            state: texts.hide(change.before),
            live: texts.hide(change.after), planned: texts.hide(planned), class: kind, owner: owner?.owner,
            reason: owner?.reason)
    }
}
