package import KubernetesClient
package import OpsModel

/// The route as the weights of two Services in one rule of an HTTPRoute (Gateway API v1), recorded in its annotations.
///
/// One JSON patch writes weights and annotations together, and begins with a `test` of the version that was read: whatever was
/// written meanwhile makes it fail. A write counts once every Gateway has taken the new generation.
package struct KubernetesRouter: TrafficRouter {
    package struct Place: Sendable {
        package let namespace: String
        /// The HTTPRoute.
        package let name: String
        /// Name of the rule; nil: the route has one rule only.
        package let rule: String?
        /// Names of the Services.
        package let services: [Slot: String]

        package init(namespace: String, name: String, rule: String?, blue: String, green: String) {
            (self.namespace, self.name, self.rule) = (namespace, name, rule)
            services = [.blue: blue, .green: green]
        }
    }

    private let client: KubernetesClient
    private let place: Place
    private let settling: Duration
    private let clock: any Clock<Duration>
    package let frontend: RouterFrontend

    /// - Parameter settling: longest wait for the Gateways to take a written route.
    package init(
        client: KubernetesClient, place: Place, frontend: RouterFrontend, settling: Duration = .seconds(30),
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        (self.client, self.place, self.frontend) = (client, place, frontend)
        (self.settling, self.clock) = (settling, clock)
    }

    private var resource: KubernetesResource {
        KubernetesResource(.httpRoute, namespace: place.namespace, name: place.name)
    }

    private func read() async throws -> HTTPRouteReading {
        try HTTPRouteReading(try await client.get(resource), place)
    }

    /// - Throws: `RouterError.unreadable` while a Gateway has not taken what is written: then nobody knows where requests go.
    package func route() async throws -> Route { try await read().routeInForce() }

    package func pinnedRoute() async throws -> Route {
        let reading = try await read()
        return try reading.pinned() ?? reading.routeInForce()
    }

    /// One that was made anew has other annotations.
    package func incarnation() async throws -> RouterIncarnation { RouterIncarnation(try await read().uid) }

    package func commit(_ route: Route, fence: @Sendable () async throws -> Void) async throws {
        try await write(route, fence: fence) { $0.changes(to: route) }
        try await waitUntilTaken(route.settled)
    }

    package func pin(_ route: Route) async throws {
        try await write(route, fence: {}) { $0.annotations([HTTPRouteReading.pinnedAnnotation: route.record]) }
    }

    /// Patches what was read. Gateways write their status into the same object: a version that only they have changed is read
    /// anew, and the fence asked again.
    private func write(
        _ route: Route, fence: @Sendable () async throws -> Void, _ changes: (HTTPRouteReading) -> [JSONPatch]
    ) async throws {
        var reading = try await read()
        for _ in 0..<Self.attempts {
            let epoch = try reading.epoch()
            guard epoch <= route.epoch else {
                throw RouterError.fenced(slot: route.live, reply: "its epoch is \(epoch), ours is \(route.epoch)")
            }
            try await fence()
            do {
                _ = try await client.patch(
                    resource, [.test("/metadata/resourceVersion", .string(reading.version))] + changes(reading),
                    manager: Self.manager)
                return
            } catch let error as KubernetesError where error.isFinal {
                reading = try await afterRefusal(error, reading, route)
            }
        }
        throw RouterError.refused(slot: route.live, reply: "its status changed \(Self.attempts) times meanwhile")
    }

    /// What is there now, when only its status has changed. - Throws: `RouterError.fenced`, or `.refused`.
    private func afterRefusal(
        _ error: KubernetesError, _ before: HTTPRouteReading, _ route: Route
    ) async throws -> HTTPRouteReading {
        switch error {
        case .conflict, .invalid: break
        default: throw RouterError.refused(slot: route.live, reply: error.diagnostic.why)
        }
        let now = try await read()
        guard now.version != before.version else {
            throw RouterError.refused(slot: route.live, reply: error.diagnostic.why)
        }
        guard now.saysTheSame(as: before) else {
            throw RouterError.fenced(
                slot: route.live, reply: "somebody has written \(try now.written().text) meanwhile")
        }
        return now
    }

    private func waitUntilTaken(_ route: Route) async throws {
        var waited = Duration.zero
        while true {
            let reading = try await read()
            let found = try reading.written()
            guard try reading.epoch() <= route.epoch else {
                throw RouterError.fenced(slot: route.live, reply: "its epoch is \(found.epoch), ours is \(route.epoch)")
            }
            guard found == route else { throw RouterError.notTaken(wanted: route, found: found) }
            guard let obstacle = reading.obstacle else { return }
            guard waited < settling else { throw KubernetesRouteError.notTaken(name: place.name, why: obstacle) }
            try await clock.sleep(for: Self.pause)
            waited += Self.pause
        }
    }

    /// Gateway API has no counters of a backend.
    package func counters() async throws -> [Slot: SlotCounters] {
        throw RouterError.uncounted(router: "the Gateway API")
    }

    /// Every endpoint of the slot's Service is ready, and there is one; those that end get no new requests and do not count.
    package func accepts(_ slot: Slot) async throws -> Bool {
        let label = ["kubernetes.io/service-name": place.services[slot] ?? ""]
        let slices = try await client.list(.endpointSlice, namespace: place.namespace, labels: label)
        let conditions = slices.flatMap { $0["endpoints"]?.elements ?? [] }.map { $0["conditions"] }
            .filter { $0?["terminating"] != .boolean(true) }
        // An endpoint without the condition is ready (EndpointConditions, discovery.k8s.io/v1).
        return !conditions.isEmpty && conditions.allSatisfy { $0?["ready"] != .boolean(false) }
    }

    package func commands(for route: Route) -> [String] {
        let weights = Slot.allCases.map { slot in
            let backend = "/spec/rules/RULE/backendRefs/\(slot.rawValue.uppercased())"
            return #"{"op":"add","path":"\#(backend)/weight","value":\#(route.share(of: slot))}"#
        }
        let notes = [
            (HTTPRouteReading.epochAnnotation, String(route.epoch)),
            (HTTPRouteReading.liveAnnotation, route.live.rawValue),
        ].map { name, value in
            #"{"op":"add","path":"/metadata/annotations/\#(JSONPatch.escaped(name))","value":"\#(value)"}"#
        }
        let test = #"{"op":"test","path":"/metadata/resourceVersion","value":"VERSION"}"#
        let patch = ([test] + weights + notes).joined(separator: ",")
        return ["kubectl --namespace \(place.namespace) patch httproute \(place.name) --type=json --patch='[\(patch)]'"]
    }

    private static let attempts = 5
    private static let pause = Duration.milliseconds(200)
    static let manager = "opsctl"
}
