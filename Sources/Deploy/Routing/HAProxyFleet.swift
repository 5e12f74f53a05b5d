import HAProxyClient
package import OpsModel

/// Several HAProxy in front of the same slots, moved together: prepare on all, then commit on all; when one does not take it, the
/// others go back. A split for a moment is bearable, since both slots work with the same schema.
package struct HAProxyFleet: TrafficRouter {
    private let routers: [HAProxyRouter]
    package var frontend: RouterFrontend { routers[0].frontend }

    /// `routers` is not empty; the first one's frontend is the one that is asked.
    package init(_ routers: [HAProxyRouter]) {
        precondition(!routers.isEmpty, "a fleet has a router")
        self.routers = routers
    }

    package func route() async throws -> Route {
        try agreed(try await all { try await $0.route() }, on: "route in force")
    }

    package func pinnedRoute() async throws -> Route {
        try agreed(try await all { try await $0.pinnedRoute() }, on: "route on disk")
    }

    /// The routes are one when they send alike under the same epoch.
    private func agreed(_ routes: [Route], on what: String) throws -> Route {
        guard routes.allSatisfy({ $0 == routes[0] }) else {
            let texts = routes.enumerated().map { "router \($0.offset + 1): \($0.element.text)" }
            throw RouterError.split(what: what, routes: texts.joined(separator: "; "))
        }
        return routes[0]
    }

    package func incarnation() async throws -> RouterIncarnation {
        RouterIncarnation(try await all { try await $0.incarnation().identity }.joined(separator: ", "))
    }

    package func commit(_ route: Route, fence: @Sendable () async throws -> Void) async throws {
        let before = try await all { try await $0.route() }
        let prepared = try await all { try await $0.prepare(route) }
        try await fence()
        var taken: [Int] = []
        do {
            for (index, router) in routers.enumerated() {
                // Also one whose answer was lost may have taken it.
                taken.append(index)
                try await router.commit(prepared[index])
            }
        } catch {
            try await revert(taken, to: before, fence: fence, after: error)
            throw error
        }
    }

    /// Writes every router that answers. - Throws: `RouterError.split` when one did not.
    package func retreat(to route: Route, fence: @Sendable () async throws -> Void) async throws {
        var stuck: [String] = []
        for (index, router) in routers.enumerated() {
            do { try await router.commit(route, fence: fence) } catch let error as HAProxyError {
                stuck.append("router \(index + 1): \(error.diagnostic.what): \(error.diagnostic.why)")
            }
        }
        guard stuck.isEmpty else {
            throw RouterError.split(what: "route in force", routes: stuck.joined(separator: "; "))
        }
    }

    /// - Throws: `RouterError.split` when a router could not be brought back: which one has which route is not known then.
    private func revert(
        _ taken: [Int], to before: [Route], fence: @Sendable () async throws -> Void, after cause: any Error
    ) async throws {
        var stuck: [String] = []
        for index in taken {
            do { try await routers[index].commit(before[index], fence: fence) } catch {
                stuck.append("router \(index + 1): \((error as? any DiagnosableError)?.diagnostic.why ?? "\(error)")")
            }
        }
        guard !stuck.isEmpty else { return }
        let why = (cause as? any DiagnosableError)?.diagnostic.why ?? "\(cause)"
        throw RouterError.split(what: "route in force", routes: "\(stuck.joined(separator: "; ")) (after: \(why))")
    }

    package func pin(_ route: Route) async throws {
        for router in routers { try await router.pin(route) }
    }

    package func counters() async throws -> [Slot: SlotCounters] {
        try await all { try await $0.counters() }.reduce(into: [:]) { sum, counters in
            sum.merge(counters) { $0 + $1 }
        }
    }

    package func commands(for route: Route) -> [String] {
        routers.enumerated().flatMap { index, router in
            router.commands(for: route).map { "router \(index + 1): \($0)" }
        }
    }

    package func accepts(_ slot: Slot) async throws -> Bool {
        try await all { try await $0.accepts(slot) }.allSatisfy(\.self)
    }

    /// Asks every router at the same time; answers in the routers' order.
    private func all<Value: Sendable>(_ ask: @escaping @Sendable (HAProxyRouter) async throws -> Value) async throws
        -> [Value]
    {
        try await withThrowingTaskGroup(of: (Int, Value).self) { group in
            for (index, router) in routers.enumerated() { group.addTask { (index, try await ask(router)) } }
            return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}

extension SlotCounters {
    static func + (left: SlotCounters, right: SlotCounters) -> SlotCounters {
        var sum = left
        sum.requests += right.requests
        sum.responses = zip(left.responses, right.responses).map { $0 + $1 }
        sum.connectionErrors += right.connectionErrors
        sum.inFlight += right.inFlight
        return sum
    }
}
