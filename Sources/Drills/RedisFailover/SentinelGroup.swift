import OpsModel
import RedisClient

/// The sentinels that watch one master.
struct SentinelGroup: Sendable {
    let urls: [RedisURL]
    let master: String

    /// What one sentinel says.
    struct View: Sendable, Equatable {
        let endpoint: String
        /// `host:port` of the master.
        let address: String
        /// nil when a failover could be carried.
        let quorumRefusal: String?
        /// Replicas that are up and linked to their master.
        let goodReplicas: Int
        let flags: String
    }

    /// Asks every sentinel. - Throws: `DrillError.unreadable` when one of them gives no answer: nothing was seen then.
    func views(timeout: Duration) async throws -> [View] {
        try await withThrowingTaskGroup(of: (Int, View).self) { group in
            for (index, url) in urls.enumerated() { group.addTask { (index, try await view(of: url, timeout)) } }
            return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func view(of url: RedisURL, _ timeout: Duration) async throws -> View {
        let replies: [RedisValue]
        do {
            let connection = try await RedisConnection.open(url, timeout: timeout)
            replies = try await connection.send(
                [
                    ["SENTINEL", "GET-MASTER-ADDR-BY-NAME", master], ["SENTINEL", "CKQUORUM", master],
                    ["SENTINEL", "REPLICAS", master], ["SENTINEL", "MASTER", master],
                ], timeout: timeout)
        } catch let error as any DiagnosableError {
            throw DrillError.unreadable(what: "the sentinel", place: url.endpoint, why: error.diagnostic.why)
        }
        let address = replies[0].items.compactMap(\.text)
        guard address.count == 2 else {
            let why = replies[0].errorText ?? "it does not know a master called `\(master)`"
            throw DrillError.unreadable(what: "the sentinel", place: url.endpoint, why: why)
        }
        let replicas = replies[2].items.map(\.fields)
        return View(
            endpoint: url.endpoint, address: endpointText(address[0], address[1]),
            quorumRefusal: replies[1].errorText,
            goodReplicas: replicas.count { $0["flags"] == "slave" && $0["master-link-status"] == "ok" },
            flags: replies[3].fields["flags"] ?? "")
    }

    /// The master's address as the first sentinel that answers gives it, the way clients find it.
    func address(timeout: Duration) async throws -> String {
        var last: any Error = DrillError.unreadable(what: "the sentinels", place: master, why: "there are none")
        for url in urls {
            do {
                let connection = try await RedisConnection.open(url, timeout: timeout)
                let reply = try await connection.command(
                    "SENTINEL", "GET-MASTER-ADDR-BY-NAME", master, timeout: timeout)
                let parts = reply.items.compactMap(\.text)
                if parts.count == 2 { return endpointText(parts[0], parts[1]) }
            } catch { last = error }
        }
        throw last
    }

    /// Has the first sentinel start a failover. - Throws: `DrillError.refused` with sentinel's words.
    func failOver(timeout: Duration) async throws {
        let url = urls[0]
        do {
            let connection = try await RedisConnection.open(url, timeout: timeout)
            _ = try await connection.command("SENTINEL", "FAILOVER", master, timeout: timeout)
        } catch let RedisError.refused(_, _, reply) {
            throw DrillError.refused(command: "SENTINEL FAILOVER \(master)", place: url.endpoint, reply: reply)
        } catch let error as any DiagnosableError {
            throw DrillError.unreadable(what: "the sentinel", place: url.endpoint, why: error.diagnostic.why)
        }
    }
}

private func endpointText(_ host: String, _ port: String) -> String {
    host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
}

extension RedisValue {
    var items: [RedisValue] { if case .array(let items) = self { items } else { [] } }
    var errorText: String? { if case .error(let text) = self { text } else { nil } }

    /// A flat list of names and values.
    var fields: [String: String] {
        let texts = items.map { $0.text ?? "" }
        return Dictionary(
            stride(from: 0, to: texts.count - 1, by: 2).map { (texts[$0], texts[$0 + 1]) },
            uniquingKeysWith: { first, _ in first })
    }
}
