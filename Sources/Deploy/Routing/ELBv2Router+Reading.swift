import AWSClient
import OpsModel

/// What a rule or listener says now: weights, stickiness, and our record of them in its tags.
struct ELBv2Reading: Sendable {
    /// Target groups that are not attached have weight 0.
    let weights: [Slot: Int]
    let isSticky: Bool
    let tags: [String: String]

    static let liveTag = "opsctl:live"
    static let epochTag = "opsctl:epoch"
    static let pinnedTag = "opsctl:pinned"

    /// - Parameter actions: `Actions` of a rule, `DefaultActions` of a listener.
    /// - Throws: `RouterError.unreadable` for anything but one forward to these two target groups.
    init(actions: [AWSDocument], tags: [String: String], groups: [Slot: String]) throws(RouterError) {
        guard actions.count == 1, let action = actions.first, action.text("Type") == "forward" else {
            let found = actions.compactMap { $0.text("Type") }.joined(separator: ", ")
            throw .unreadable(what: "forward action", text: found.isEmpty ? "no action" : found)
        }
        let tuples = action.all("ForwardConfig", "TargetGroups", "member")
        // A forward to one target group may come without a ForwardConfig.
        let pairs =
            tuples.isEmpty
            ? action.texts("TargetGroupArn").map { ($0, 1) }
            : tuples.map { ($0.text("TargetGroupArn") ?? "", $0.number("Weight").map { Int($0) } ?? 1) }
        var weights: [Slot: Int] = [.blue: 0, .green: 0]
        for (arn, weight) in pairs {
            guard let slot = groups.first(where: { $0.value == arn })?.key else {
                throw .unreadable(what: "target groups", text: "\(arn), which is neither blue nor green")
            }
            weights[slot] = weight
        }
        self.weights = weights
        isSticky = action.flag("ForwardConfig", "TargetGroupStickinessConfig", "Enabled")
        self.tags = tags
    }

    private init(weights: [Slot: Int], isSticky: Bool, tags: [String: String]) {
        (self.weights, self.isSticky, self.tags) = (weights, isSticky, tags)
    }

    /// The same with tags that were read later.
    func with(_ tags: [String: String]) -> ELBv2Reading {
        ELBv2Reading(weights: weights, isSticky: isSticky, tags: tags)
    }

    private func weight(_ slot: Slot) -> Int { weights[slot] ?? 0 }

    /// Where the traffic goes is what the weights say; the tag only names the live slot while both get some.
    func route() throws(RouterError) -> Route {
        let (blue, green) = (weight(.blue), weight(.green))
        guard blue + green > 0 else { throw .unreadable(what: "weights", text: "both target groups have weight 0") }
        let epoch = try epoch()
        if blue == 0 || green == 0 { return Route(live: green == 0 ? .blue : .green, epoch: epoch) }
        let live: Slot
        if let tag = tags[Self.liveTag] {
            guard let slot = Slot(rawValue: tag) else { throw .unreadable(what: "tag \(Self.liveTag)", text: tag) }
            live = slot
        } else {
            guard blue != green else {
                throw .unreadable(what: "live slot", text: "equal weights and no tag \(Self.liveTag)")
            }
            live = blue > green ? .blue : .green
        }
        let share = ELBv2Weights.share(of: weight(live.other), beside: weight(live))
        return Route(live: live, share: share, epoch: epoch)
    }

    /// 0 before the first deploy.
    func epoch() throws(RouterError) -> Int {
        guard let text = tags[Self.epochTag] else { return 0 }
        guard let epoch = Int(text) else { throw .unreadable(what: "tag \(Self.epochTag)", text: text) }
        return epoch
    }

    /// Before the first pin it is what is in force.
    func pinned() throws(RouterError) -> Route {
        guard let record = tags[Self.pinnedTag] else { return try route() }
        return try Route(record: record)
    }

    /// Whether these are the weights, in the same proportion.
    func has(_ wanted: ELBv2Weights, live: Slot) -> Bool {
        weight(live) * wanted.other == weight(live.other) * wanted.live && weight(.blue) + weight(.green) > 0
    }
}
