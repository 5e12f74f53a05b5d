package import OpsModel

/// Where production traffic goes.
package struct Route: Codable, Sendable, Equatable {
    package var live: Slot
    /// Epoch of the lease under which the route was written.
    package var epoch: Int

    package init(live: Slot, epoch: Int) { (self.live, self.epoch) = (live, epoch) }
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

/// Identity of one run of the router's process; counters and runtime routes do not survive it.
package struct RouterIncarnation: Codable, Sendable, Equatable {
    package let pid: Int

    package init(pid: Int) { self.pid = pid }
}

/// Moves production traffic between slots.
package protocol TrafficRouter: Sendable {
    /// The route in force now.
    func route() async throws -> Route
    func incarnation() async throws -> RouterIncarnation
    /// Puts `route` in force at once and reads it back. `fence` runs last before the write and throws when this run must not write.
    func commit(_ route: Route, fence: @Sendable () async throws -> Void) async throws
    /// Makes `route` the one that a restarted router begins with.
    func pin(_ route: Route) async throws
    /// The route that a restarted router would begin with.
    func pinnedRoute() async throws -> Route
    func counters() async throws -> [Slot: SlotCounters]
    /// Whether the router itself counts the slot as up: before that, traffic to it is refused.
    func accepts(_ slot: Slot) async throws -> Bool
    /// Base URL of the frontend, and the header that selects a slot's preview backend.
    var frontend: RouterFrontend { get }
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

package enum RouterError: DiagnosableError, Equatable {
    case unreadable(what: String, text: String)
    case refused(slot: Slot, reply: String)
    /// A newer holder has written: this run's write was not taken.
    case fenced(slot: Slot, reply: String)
    /// What is in force after the write is not what was written.
    case notTaken(wanted: Slot, found: Slot)

    package var diagnostic: Diagnostic {
        switch self {
        case .unreadable(let what, let text):
            Diagnostic(
                "router.unreadable", what: "cannot tell the router's \(what)", place: "router", why: "got `\(text)`",
                fix: "check deploy.router in the environment file against HAProxy's configuration")
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
                why: "wanted \(wanted.rawValue), found \(found.rawValue)",
                fix: "find out who else writes it; opsctl deploy status")
        }
    }
}
