import AWSClient
package import OpsModel

/// The route as the weights of two target groups in one forward action, recorded in tags of its rule or listener.
///
/// One ModifyRule or ModifyListener writes all of it. AWS offers no precondition for that call: after the fence the tag with the
/// epoch is read once more and then claimed, and all of this has one limit that begins before the fence. A run that was stopped
/// for longer finds its limit over; one call stays in which two runs could cross, and the next look tells. The change reaches the load balancer's nodes a moment later, and nothing tells when.
package struct ELBv2Router: TrafficRouter {
    /// What holds the forward action.
    package enum Point: Sendable, Equatable {
        case rule(arn: String)
        /// The default action of a listener.
        case listener(arn: String)

        var arn: String {
            switch self {
            case .rule(let arn), .listener(let arn): arn
            }
        }
    }

    let point: Point
    let groups: [Slot: String]
    private let place: AWSPlace
    package let frontend: RouterFrontend

    /// - Parameter blue: ARN of the slot's target group; so is `green`.
    package init(_ point: Point, blue: String, green: String, place: AWSPlace, frontend: RouterFrontend) {
        (self.point, groups, self.place, self.frontend) = (point, [.blue: blue, .green: green], place, frontend)
    }

    package func route() async throws -> Route { try await read(place.session()).route() }

    package func pinnedRoute() async throws -> Route { try await read(place.session()).pinned() }

    /// A load balancer does not restart.
    package func incarnation() async throws -> RouterIncarnation { RouterIncarnation(point.arn) }

    package func commit(_ route: Route, fence: @Sendable () async throws -> Void) async throws {
        guard let weights = ELBv2Weights(share: route.share) else {
            throw RouterError.refused(slot: route.live, reply: Self.tooFine(route.share))
        }
        let before = try await read(place.session())
        try refuseOvertaken(before, route)
        let isMoving = !before.has(weights, live: route.live)
        // Back to the pinned slot must always be possible: that write ends the stickiness.
        if before.isSticky, isMoving, try route.settled.share != 0 || route.settled.live != before.pinned().live {
            throw RouterError.refused(slot: route.live, reply: Self.sticky)
        }
        let session = place.session()
        try await fence()
        // Nothing stands between this look and the write: a run that was overtaken while it waited for its fence ends here.
        try refuseOvertaken(before.with(try await tags(session)), route)
        do {
            try await tag([ELBv2Reading.epochTag: String(route.epoch)], session)
            if isMoving { _ = try await session.ask(modification(weights, live: route.live)) }
            // Last, and only while both slots get traffic it matters: a run that dies before leaves the truth in the weights.
            if before.tags[ELBv2Reading.liveTag] != route.live.rawValue {
                try await tag([ELBv2Reading.liveTag: route.live.rawValue], session)
            }
        } catch let error as AWSError where error.isFinal {
            throw RouterError.refused(slot: route.live, reply: error.diagnostic.why)
        }
        let after = try await read(session)
        try refuseOvertaken(after, route)
        let found = try after.route()
        guard found == route.settled else { throw RouterError.notTaken(wanted: route, found: found) }
    }

    private func refuseOvertaken(_ reading: ELBv2Reading, _ route: Route) throws(RouterError) {
        let epoch = try reading.epoch()
        guard epoch <= route.epoch else {
            throw .fenced(slot: route.live, reply: "tag \(ELBv2Reading.epochTag) is \(epoch), ours is \(route.epoch)")
        }
    }

    package func pin(_ route: Route) async throws {
        let session = place.session()
        try refuseOvertaken(try await read(session), route)
        try await tag([ELBv2Reading.pinnedTag: route.record], session)
    }

    /// CloudWatch has the requests of a target group, but as sums of whole minutes, minutes late, one metric before another, and
    /// none while nothing happened: requests that only wait to be counted would look lost.
    package func counters() async throws -> [Slot: SlotCounters] {
        throw RouterError.uncounted(router: "a load balancer of AWS")
    }

    /// All targets of the slot are healthy, and there is one. Those that drain get no new requests and do not count.
    package func accepts(_ slot: Slot) async throws -> Bool {
        let answer = try await place.session().ask(
            .query(.loadBalancing, "DescribeTargetHealth", ["TargetGroupArn": group(slot)]))
        let states = answer.all("TargetHealthDescriptions", "member").compactMap { $0.text("TargetHealth", "State") }
            .filter { $0 != "draining" }
        return !states.isEmpty && states.allSatisfy { $0 == "healthy" }
    }

    package func commands(for route: Route) -> [String] {
        guard let weights = ELBv2Weights(share: route.share) else { return ["# \(Self.tooFine(route.share))"] }
        let tuples = Slot.allCases.map {
            #"{"TargetGroupArn":"\#(group($0))","Weight":\#($0 == route.live ? weights.live : weights.other)}"#
        }
        let action =
            #"[{"Type":"forward","ForwardConfig":{"TargetGroups":[\#(tuples.joined(separator: ","))],"#
            + #""TargetGroupStickinessConfig":{"Enabled":false}}}]"#
        let (name, arn, actions) =
            switch point {
            case .rule(let arn): ("modify-rule", "--rule-arn \(arn)", "--actions")
            case .listener(let arn): ("modify-listener", "--listener-arn \(arn)", "--default-actions")
            }
        let tags = "aws elbv2 add-tags \(place.option) --resource-arns \(point.arn) --tags"
        return [
            "\(tags) Key=\(ELBv2Reading.epochTag),Value=\(route.epoch)",
            "aws elbv2 \(name) \(place.option) \(arn) \(actions) '\(action)'",
            "\(tags) Key=\(ELBv2Reading.liveTag),Value=\(route.live.rawValue)",
        ]
    }

    private static func tooFine(_ share: Int) -> String {
        "weights from 0 to \(ELBv2Weights.maximum) cannot say \(Route.percent(share)): use a multiple of 0.1 %"
    }

    private static let sticky =
        "target group stickiness is on: it keeps clients on a target group that has no healthy target left; turn it off first"
}
