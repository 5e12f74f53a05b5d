import Disk
import Foundation
package import HAProxyClient
package import OpsModel

/// The route as one HAProxy map, written atomically and fenced by the map's version.
///
/// `prepare map` gives a version, `add map @v` fills it unseen, `commit map @v` puts it in force at once; a version older than
/// one that was committed meanwhile is refused by HAProxy (management.txt, section 9.3; HAProxy 2.4).
package struct HAProxyRouter: TrafficRouter {
    private let client: HAProxyClient
    private let mapFile: String
    private let key: String
    package let frontend: RouterFrontend

    /// `mapFile` must be spelt as in HAProxy's configuration; `key` is the prefix of this service's entries.
    package init(client: HAProxyClient, mapFile: String, key: String, frontend: RouterFrontend) {
        (self.client, self.mapFile, self.key, self.frontend) = (client, mapFile, key, frontend)
    }

    package func route() async throws -> Route {
        try Self.route(key: key, entries: MapReply(try await client.ask("show map \(mapFile)")).entries)
    }

    package func pinnedRoute() async throws -> Route {
        try Self.route(key: key, entries: try pinnedLines())
    }

    static func route(key: String, entries: [[String]]) throws(RouterError) -> Route {
        let pairs = entries.filter { $0.count == 2 }.map { ($0[0], $0[1]) }
        let values = Dictionary(pairs, uniquingKeysWith: { first, _ in first })
        guard let color = values["\(key).color"], let slot = Slot(rawValue: color) else {
            throw .unreadable(what: "live slot", text: values["\(key).color"] ?? "no key \(key).color in the map")
        }
        guard let epoch = Int(values["\(key).epoch"] ?? "0") else {
            throw .unreadable(what: "epoch", text: values["\(key).epoch"] ?? "")
        }
        guard let share = Int(values["\(key).weight"] ?? "0"), (0...Route.all).contains(share) else {
            throw .unreadable(what: "weight", text: values["\(key).weight"] ?? "")
        }
        // A weight without a candidate goes nowhere; one for the live slot itself moves nothing.
        let candidate = values["\(key).candidate"].flatMap(Slot.init(rawValue:))
        return Route(live: slot, share: candidate == slot.other ? share : 0, epoch: epoch)
    }

    package func incarnation() async throws -> RouterIncarnation {
        let lines = try await client.ask("show info").split(separator: "\n")
        let pairs = lines.map { $0.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) } }
        let fields = Dictionary(
            pairs.filter { $0.count == 2 }.map { ($0[0], $0[1]) }, uniquingKeysWith: { first, _ in first })
        guard let pid = fields["Pid"].flatMap({ Int($0) }) else {
            throw RouterError.unreadable(what: "process", text: String(lines.first ?? ""))
        }
        return RouterIncarnation("\(pid) \(fields["Start_time_sec"] ?? "")")
    }

    package func commit(_ route: Route, fence: @Sendable () async throws -> Void) async throws {
        let prepared = try await prepare(route)
        try await fence()
        try await commit(prepared)
    }

    /// A route that HAProxy holds beside the one in force.
    struct Prepared: Sendable {
        let route: Route
        let version: Int
    }

    /// Hands the whole route over without putting it in force: two round trips.
    func prepare(_ route: Route) async throws -> Prepared {
        let reply = MapReply(try await client.ask("prepare map \(mapFile); show map \(mapFile)"))
        guard let version = reply.words.split(separator: " ").last.flatMap({ Int($0) }) else {
            throw RouterError.refused(slot: route.live, reply: reply.words)
        }
        Failpoint.pass("router:prepared")
        let others = reply.entries.filter { $0.count == 2 && !$0[0].hasPrefix("\(key).") }.map { ($0[0], $0[1]) }
        let adds = (others + ownEntries(for: route)).map { "add map @\(version) \(mapFile) \($0.0) \($0.1)" }
        let complaint = try await client.ask(adds.joined(separator: "; ")).trimmingCharacters(
            in: .whitespacesAndNewlines)
        guard complaint.isEmpty else { throw RouterError.refused(slot: route.live, reply: complaint) }
        Failpoint.pass("router:filled")
        return Prepared(route: route, version: version)
    }

    /// Puts a prepared route in force and reads it back: one round trip.
    func commit(_ prepared: Prepared) async throws {
        Failpoint.pass("router:confirmed")
        let reply = MapReply(try await client.ask("commit map @\(prepared.version) \(mapFile); show map \(mapFile)"))
        Failpoint.pass("router:committed")
        guard reply.words.isEmpty else {
            throw reply.words.contains("out of range")
                ? RouterError.fenced(slot: prepared.route.live, reply: reply.words)
                : .refused(slot: prepared.route.live, reply: reply.words)
        }
        let found = try Self.route(key: key, entries: reply.entries)
        guard found == prepared.route else { throw RouterError.notTaken(wanted: prepared.route, found: found) }
    }

    package func commands(for route: Route) -> [String] {
        ["prepare map \(mapFile)"] + ownEntries(for: route).map { "add map @VERSION \(mapFile) \($0.0) \($0.1)" } + [
            "commit map @VERSION \(mapFile)"
        ]
    }

    package func pin(_ route: Route) async throws {
        // From the file and not from the runtime: going back to a route on disk must not need a router that answers.
        let lines = try pinnedLines()
        if let pinned = lines.first(where: { $0[0] == "\(key).epoch" }).flatMap({ Int($0[1]) }), pinned > route.epoch {
            throw RouterError.fenced(
                slot: route.live, reply: "the route on disk has epoch \(pinned), ours is \(route.epoch)")
        }
        let others = lines.filter { !$0[0].hasPrefix("\(key).") }.map { ($0[0], $0[1]) }
        let text = (others + ownEntries(for: route)).sorted { $0.0 < $1.0 }.map { "\($0.0) \($0.1)\n" }.joined()
        try DurableFile.write(text, to: mapFile, mode: 0o644)
    }

    private func ownEntries(for route: Route) -> [(String, String)] {
        [
            ("\(key).candidate", route.live.other.rawValue), ("\(key).color", route.live.rawValue),
            ("\(key).epoch", String(route.epoch)), ("\(key).weight", String(route.share)),
        ]
    }

    private func pinnedLines() throws(RouterError) -> [[String]] {
        do {
            return try String(contentsOf: URL(filePath: mapFile), encoding: .utf8).split(separator: "\n")
                .map { $0.split(separator: " ").map(String.init) }.filter { $0.count == 2 }
        } catch {
            throw .unreadable(what: "route on disk", text: "cannot read \(mapFile)")
        }
    }

    package func accepts(_ slot: Slot) async throws -> Bool {
        let table = try HAProxyTable(csv: try await client.ask("show stat"))
        return table.rows.contains {
            $0["pxname"] == "be_\(slot.rawValue)" && $0["svname"] == "BACKEND" && $0["status"] == "UP"
        }
    }

    package func counters() async throws -> [Slot: SlotCounters] {
        let table = try HAProxyTable(csv: try await client.ask("show stat"))
        var counters: [Slot: SlotCounters] = [:]
        for slot in Slot.allCases {
            let rows = table.rows.filter {
                $0["pxname"] == "be_\(slot.rawValue)" && $0["svname"] != "BACKEND" && $0["svname"] != "FRONTEND"
            }
            guard !rows.isEmpty else {
                throw RouterError.unreadable(what: "counters", text: "no server in backend be_\(slot.rawValue)")
            }
            counters[slot] = try rows.reduce(into: SlotCounters()) { sum, row in try sum.add(row) }
        }
        return counters
    }
}

extension SlotCounters {
    /// Adds one server row of `show stat`. `stot` counts attempts and is no denominator; `lbtot - wredis` is.
    fileprivate mutating func add(_ row: [String: String]) throws {
        func number(_ column: String) throws -> Int {
            let text = row[column] ?? ""
            if text.isEmpty { return 0 }
            guard let value = Int(text) else { throw RouterError.unreadable(what: "counter \(column)", text: text) }
            return value
        }
        requests += try number("lbtot") - number("wredis")
        for (index, column) in ["hrsp_1xx", "hrsp_2xx", "hrsp_3xx", "hrsp_4xx", "hrsp_5xx", "hrsp_other"].enumerated() {
            responses[index] += try number(column)
        }
        connectionErrors += try number("econ")
        inFlight += try number("scur")
    }
}

/// What `show map` and commands beside it say: entries are lines `0x… key value`, everything else is words to the caller.
private struct MapReply {
    let entries: [[String]]
    let words: String

    init(_ text: String) {
        let lines = text.split(separator: "\n")
        entries = lines.filter { $0.hasPrefix("0x") }.map { $0.split(separator: " ").dropFirst().map(String.init) }
        words = lines.filter { !$0.hasPrefix("0x") }.joined(separator: " ").trimmingCharacters(
            in: .whitespacesAndNewlines)
    }
}
