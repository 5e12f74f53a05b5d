import OpsModel
import RedisClient

/// Asks all sentinels at once, each in one flight, and then the master that they name.
struct SentinelLook {
    let expectation: SentinelExpectation
    let visit: Visit

    func look() async -> SentinelSnapshot {
        let views = await withTaskGroup(of: (Int, SentinelSnapshot.View).self) { group in
            for (index, url) in expectation.urls.enumerated() { group.addTask { (index, await view(of: url)) } }
            return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
        return SentinelSnapshot(views: views, named: await lookAtNamed(views))
    }

    private func view(of url: RedisURL) async -> SentinelSnapshot.View {
        var url = url
        url.addresses = visit.addresses[url.host] ?? []
        do {
            if url.usesTLS { try LookFailure.refuseUnusable(authorityFile: url.authorityFile) }
        } catch {
            return .init(endpoint: url.endpoint, handshake: nil, answers: .failed(error))
        }
        let opening = await RedisOpening.look(url, timeout: visit.time.forLooking)
        switch opening.outcome {
        case .failed(let failure):
            return .init(endpoint: url.endpoint, handshake: opening.handshake, answers: .failed(failure))
        case .open(let connection):
            let answers = await Observation.look { try await exchange(over: connection) }
            return .init(endpoint: url.endpoint, handshake: opening.handshake, answers: answers)
        }
    }

    private func exchange(over connection: RedisConnection) async throws -> SentinelSnapshot.Answers {
        let name = expectation.master
        let replies = try await connection.send(
            [
                connection.url.authentication ?? ["PING"], ["SENTINEL", "MASTER", name],
                ["SENTINEL", "GET-MASTER-ADDR-BY-NAME", name], ["SENTINEL", "REPLICAS", name],
                ["SENTINEL", "CKQUORUM", name],
            ], timeout: visit.time.forLooking)
        let address = replies[2].elements.compactMap(\.text)
        return SentinelSnapshot.Answers(
            authentication: .init(replies[0]), master: replies[1].pairs,
            masterError: RedisSnapshot.Answer(replies[1]).error,
            address: address.count == 2
                ? .init(text: "\(address[0]):\(address[1])") : .init(error: RedisSnapshot.Answer(replies[2]).error),
            replicas: replies[3].isArray ? replies[3].elements.compactMap(\.pairs) : nil,
            quorum: .init(replies[4]), roundTrips: connection.roundTrips)
    }

    /// Asks each address that is named for its role.
    private func lookAtNamed(_ views: [SentinelSnapshot.View]) async -> [SentinelSnapshot.Named] {
        guard let data = expectation.data, visit.asks("master_role") else { return [] }
        let addresses = Set(views.compactMap { $0.answers.facts?.address.text })
        return await withTaskGroup(of: SentinelSnapshot.Named.self) { group in
            for address in addresses { group.addTask { await role(of: address, data) } }
            return await group.reduce(into: []) { $0.append($1) }.sorted { $0.address < $1.address }
        }
    }

    private func role(of address: String, _ data: RedisURL) async -> SentinelSnapshot.Named {
        var url = data
        let colon = address.lastIndex(of: ":") ?? address.endIndex
        (url.host, url.port) = (String(address[..<colon]), Int(address[colon...].dropFirst()) ?? 0)
        url.database = 0
        let role = await Observation<String>.look {
            let connection = try await RedisConnection.open(url, timeout: visit.time.forLooking)
            let reply = try await connection.command("ROLE", timeout: visit.time.forLooking)
            return reply.elements.first?.text ?? "no answer to ROLE"
        }
        return .init(address: address, role: role)
    }
}

extension RedisValue {
    var isArray: Bool { if case .array = self { true } else { false } }

    /// A flat list of names and values; nil for anything else.
    var pairs: [String: String]? {
        guard case .array(let items) = self else { return nil }
        var pairs: [String: String] = [:]
        for index in stride(from: 0, to: items.count - 1, by: 2) {
            if let name = items[index].text, let value = items[index + 1].text { pairs[name] = value }
        }
        return pairs
    }
}
