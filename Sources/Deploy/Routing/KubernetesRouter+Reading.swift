import KubernetesClient
import OpsModel

/// One rule of an HTTPRoute with our record in its annotations.
struct HTTPRouteReading: Sendable {
    /// Tells every change of the object, also of its status.
    let version: String
    let uid: String
    private let generation: Int
    private let ruleIndex: Int
    private let backends: [Slot: (index: Int, weight: Int)]
    private let notes: [String: String]
    private let hasAnnotations: Bool
    private let parents: [PlainJSON]

    static let liveAnnotation = "opsctl.dev/live"
    static let epochAnnotation = "opsctl.dev/epoch"
    static let pinnedAnnotation = "opsctl.dev/pinned"

    /// - Throws: `RouterError.unreadable` for a rule with other backends than the two.
    init(_ object: PlainJSON, _ place: KubernetesRouter.Place) throws(RouterError) {
        guard let version = object.value(at: ["metadata", "resourceVersion"])?.scalarText,
            let uid = object.value(at: ["metadata", "uid"])?.scalarText,
            case .integer(let generation)? = object.value(at: ["metadata", "generation"])
        else { throw .unreadable(what: "HTTPRoute", text: "an object without version") }
        (self.version, self.uid, self.generation) = (version, uid, generation)
        let rules = object.value(at: ["spec", "rules"])?.elements ?? []
        ruleIndex = try Self.index(of: place.rule, in: rules)
        backends = try Self.backends(of: rules[ruleIndex], place)
        var notes: [String: String] = [:]
        if case .object(let members)? = object.value(at: ["metadata", "annotations"]) {
            notes = members.compactMapValues(\.scalarText)
            hasAnnotations = true
        } else {
            hasAnnotations = false
        }
        self.notes = notes.filter { $0.key.hasPrefix("opsctl.dev/") }
        parents = object.value(at: ["status", "parents"])?.elements ?? []
    }

    private static func backends(
        of rule: PlainJSON, _ place: KubernetesRouter.Place
    ) throws(RouterError) -> [Slot: (index: Int, weight: Int)] {
        var backends: [Slot: (index: Int, weight: Int)] = [:]
        for (index, backend) in (rule["backendRefs"]?.elements ?? []).enumerated() {
            let name = backend["name"]?.scalarText ?? ""
            guard let slot = place.services.first(where: { $0.value == name })?.key, backends[slot] == nil else {
                throw .unreadable(what: "backends", text: "\(name), which is neither blue nor green, or there twice")
            }
            // Default 1 (Gateway API, BackendRef.weight).
            guard case .integer(let weight) = backend["weight"] ?? .integer(1), (0...1_000_000).contains(weight) else {
                throw .unreadable(what: "weight", text: backend["weight"]?.scalarText ?? "")
            }
            backends[slot] = (index, weight)
        }
        guard backends.count == 2 else {
            throw .unreadable(what: "backends", text: "\(backends.count) of the two: keep both, one with weight 0")
        }
        return backends
    }

    private static func index(of rule: String?, in rules: [PlainJSON]) throws(RouterError) -> Int {
        guard let rule else {
            guard rules.count == 1 else {
                throw .unreadable(what: "rule", text: "\(rules.count) rules: name one of them in the environment file")
            }
            return 0
        }
        let found = rules.indices.filter { rules[$0]["name"]?.scalarText == rule }
        guard found.count == 1 else { throw .unreadable(what: "rule", text: "\(found.count) rules are named \(rule)") }
        return found[0]
    }

    private func weight(_ slot: Slot) -> Int { backends[slot]?.weight ?? 0 }

    /// What the object says; where the traffic is follows from the weights, the annotation only names the live slot while both
    /// get some.
    func written() throws(RouterError) -> Route {
        let (blue, green) = (weight(.blue), weight(.green))
        guard blue + green > 0 else { throw .unreadable(what: "weights", text: "both Services have weight 0") }
        let epoch = try epoch()
        if blue == 0 || green == 0 { return Route(live: green == 0 ? .blue : .green, epoch: epoch) }
        let live = try self.live(blue, green)
        let exact = Double(weight(live.other) * Route.all) / Double(blue + green)
        return Route(live: live, share: min(max(Int(exact.rounded()), 1), Route.all - 1), epoch: epoch)
    }

    private func live(_ blue: Int, _ green: Int) throws(RouterError) -> Slot {
        guard let text = notes[Self.liveAnnotation] else {
            guard blue != green else {
                throw .unreadable(what: "live slot", text: "equal weights and no annotation \(Self.liveAnnotation)")
            }
            return blue > green ? .blue : .green
        }
        guard let slot = Slot(rawValue: text) else {
            throw .unreadable(what: "annotation \(Self.liveAnnotation)", text: text)
        }
        return slot
    }

    func routeInForce() throws(RouterError) -> Route {
        if let obstacle { throw .unreadable(what: "route in force", text: obstacle) }
        return try written()
    }

    /// 0 before the first deploy.
    func epoch() throws(RouterError) -> Int {
        guard let text = notes[Self.epochAnnotation] else { return 0 }
        guard let epoch = Int(text) else { throw .unreadable(what: "annotation \(Self.epochAnnotation)", text: text) }
        return epoch
    }

    func pinned() throws(RouterError) -> Route? {
        guard let record = notes[Self.pinnedAnnotation] else { return nil }
        return try Route(record: record)
    }

    /// Whether only the status can differ.
    func saysTheSame(as other: HTTPRouteReading) -> Bool {
        notes == other.notes && Slot.allCases.allSatisfy { weight($0) == other.weight($0) } && uid == other.uid
    }

    /// Why the Gateways cannot be said to route as is written; nil when all of them have taken this generation (Gateway API,
    /// RouteParentStatus).
    var obstacle: String? {
        guard !parents.isEmpty else { return "no Gateway has looked at it" }
        for parent in parents {
            let name = parent.value(at: ["parentRef", "name"])?.scalarText ?? "a Gateway"
            for type in ["Accepted", "ResolvedRefs"] {
                let conditions = parent["conditions"]?.elements ?? []
                guard let condition = conditions.first(where: { $0["type"] == .string(type) }) else {
                    return "\(name) does not say \(type)"
                }
                guard case .integer(let seen)? = condition["observedGeneration"], seen >= generation else {
                    return "\(name) has not seen generation \(generation) yet"
                }
                guard condition["status"] == .string("True") else {
                    return "\(name): \(type) is not true: \(condition["reason"]?.scalarText ?? "no reason")"
                }
            }
        }
        return nil
    }

    func changes(to route: Route) -> [JSONPatch] {
        let weights = Slot.allCases.compactMap { slot in
            backends[slot].map {
                JSONPatch.add(
                    "/spec/rules/\(ruleIndex)/backendRefs/\($0.index)/weight", .integer(route.share(of: slot)))
            }
        }
        return weights
            + annotations([Self.liveAnnotation: route.live.rawValue, Self.epochAnnotation: String(route.epoch)])
    }

    func annotations(_ notes: [String: String]) -> [JSONPatch] {
        let folder = "/metadata/annotations"
        return (hasAnnotations ? [] : [.add(folder, .object([:]))])
            + notes.sorted { $0.key < $1.key }.map { .add("\(folder)/\(JSONPatch.escaped($0.key))", .string($0.value)) }
    }
}

extension PlainJSON {
    /// The elements of a list; none of anything else.
    var elements: [PlainJSON] {
        guard case .list(let elements) = self else { return [] }
        return elements
    }
}
