package import OpsModel

/// Where production traffic goes.
package struct Route: Codable, Sendable, Equatable {
    /// The slot with the traffic, but for the other one's share.
    package var live: Slot
    /// Share of new requests that the other slot gets, in 0.01 %: 0…10000.
    package var share: Int
    /// Epoch of the lease under which the route was written.
    package var epoch: Int

    package init(live: Slot, share: Int = 0, epoch: Int) {
        (self.live, self.share, self.epoch) = (live, share, epoch)
    }

    /// Share of new requests that `slot` gets, in 0.01 %.
    package func share(of slot: Slot) -> Int { slot == live ? Self.all - share : share }

    /// Whether both routes send the same traffic to the same slots.
    package func sendsAlike(_ other: Route) -> Bool {
        Slot.allCases.allSatisfy { share(of: $0) == other.share(of: $0) }
    }

    /// All traffic, in 0.01 %.
    package static let all = 10_000

    /// For people: `blue`, or `blue, and 5 % to green`.
    package var text: String {
        share == 0 ? live.rawValue : "\(live.rawValue), and \(Self.percent(share)) to \(live.other.rawValue)"
    }

    /// `250` is `2.5 %`.
    package static func percent(_ share: Int) -> String {
        let (whole, part) = share.quotientAndRemainder(dividingBy: 100)
        guard part != 0 else { return "\(whole) %" }
        let digits = part % 10 == 0 ? "\(part / 10)" : part < 10 ? "0\(part)" : "\(part)"
        return "\(whole).\(digits) %"
    }
}

/// Cumulative counts of one slot since the router's start.
package struct SlotCounters: Codable, Sendable, Equatable {
    /// Requests sent to the slot, without redispatched ones.
    package var requests = 0
    /// Responses by class: 1xx, 2xx, 3xx, 4xx, 5xx, other.
    package var responses: [Int] = Array(repeating: 0, count: 6)
    package var connectionErrors = 0
    /// Requests under way.
    package var inFlight = 0

    package init() {}
}

/// Identity of one run of the router; counters and runtime routes do not survive it. Routers that never restart have one only.
package struct RouterIncarnation: Codable, Sendable, Equatable {
    package let identity: String

    package init(_ identity: String) { self.identity = identity }
}

/// Moves production traffic between slots.
package protocol TrafficRouter: Sendable {
    /// The route in force now.
    func route() async throws -> Route
    func incarnation() async throws -> RouterIncarnation
    /// Puts `route` in force at once and reads it back. `fence` runs last before the write and throws when this run must not write.
    func commit(_ route: Route, fence: @Sendable () async throws -> Void) async throws
    /// Like `commit`, for the way back: what cannot be reached does not keep the rest from going back.
    func retreat(to route: Route, fence: @Sendable () async throws -> Void) async throws
    /// Makes `route` the one that a restarted router begins with.
    func pin(_ route: Route) async throws
    /// The route that a restarted router would begin with.
    func pinnedRoute() async throws -> Route
    /// - Throws: `RouterError.uncounted` by a router that does not count.
    func counters() async throws -> [Slot: SlotCounters]
    /// What `commit` would send, for people: commands or calls, one a line, without secrets.
    func commands(for route: Route) -> [String]
    /// Whether the router itself counts the slot as up: before that, traffic to it is refused.
    func accepts(_ slot: Slot) async throws -> Bool
    /// Base URL of the frontend, and the header that selects a slot's preview backend.
    var frontend: RouterFrontend { get }
}

extension TrafficRouter {
    package func retreat(to route: Route, fence: @Sendable () async throws -> Void) async throws {
        try await commit(route, fence: fence)
    }
}

package struct RouterFrontend: Sendable {
    package let url: String
    package let previewToken: Secret

    package init(url: String, previewToken: Secret) { (self.url, self.previewToken) = (url, previewToken) }

    /// The request header that reaches `slot` whatever the route.
    func previewHeader(_ slot: Slot) -> (name: String, value: String) {
        ("x-opsctl-preview", "\(previewToken.reveal())-\(slot.rawValue)")
    }

    /// The response header in which the router names the slot that answered.
    static let slotHeader = "x-opsctl-slot"
}

extension RouterError {
    /// Whether asking again cannot help.
    var isLasting: Bool {
        if case .uncounted = self { true } else { false }
    }
}

package enum RouterError: DiagnosableError, Equatable {
    case unreadable(what: String, text: String)
    case refused(slot: Slot, reply: String)
    /// A newer holder has written: this run's write was not taken.
    case fenced(slot: Slot, reply: String)
    /// What is in force after the write is not what was written.
    case notTaken(wanted: Route, found: Route)
    /// Several routers do not have the same route.
    case split(what: String, routes: String)
    /// This router does not count requests.
    case uncounted(router: String)

    package var diagnostic: Diagnostic {
        switch self {
        case .unreadable(let what, let text):
            Diagnostic(
                "router.unreadable", what: "cannot tell the router's \(what)", place: "router", why: "got `\(text)`",
                fix: "check deploy.router in the environment file against the router's own configuration")
        case .refused(let slot, let reply):
            Diagnostic(
                "router.refused", what: "traffic did not move to \(slot.rawValue)", place: "router", why: reply,
                fix: "traffic is unchanged; run opsctl deploy status, then retry")
        case .fenced(let slot, let reply):
            Diagnostic(
                "router.fenced", what: "traffic was not moved to \(slot.rawValue)", place: "router",
                why: "a newer run has written the route (\(reply))", fix: "leave it to that run; opsctl deploy status")
        case .notTaken(let wanted, let found):
            Diagnostic(
                "router.not_taken", what: "the route is not what was written", place: "router",
                why: "wanted \(wanted.text), found \(found.text)",
                fix: "find out who else writes it; opsctl deploy status")
        case .split(let what, let routes):
            Diagnostic(
                "router.split", what: "the routers do not agree on the \(what)", place: "routers", why: routes,
                fix: "both slots stay up; opsctl deploy status, then opsctl deploy rollback")
        case .uncounted(let router):
            Diagnostic(
                "router.uncounted", what: "the requests of a slot are not known", place: "router",
                why: "\(router) does not count them", fix: "give deploy.analysis a Prometheus to ask")
        }
    }
}
