package import OpsModel
import SocketClient

/// What is expected of a TCP port, and of others that must be closed.
package struct TCPExpectation: Codable, Sendable {
    package var host: String
    /// The port that must be open; nil: none.
    package var port: Int?
    /// Ports that must refuse connections.
    package var closedPorts: [Int]
    /// A regular expression that the server's first words must match.
    package var banner: String?

    package init(host: String, port: Int?, closedPorts: [Int] = [], banner: String? = nil) {
        (self.host, self.port, self.closedPorts, self.banner) = (host, port, closedPorts, banner)
    }

    var place: String { "\(host.contains(":") ? "[\(host)]" : host):\(port ?? closedPorts.first ?? 0)" }
}

/// What was seen of TCP ports.
package struct TCPSnapshot: Codable, Sendable, Equatable {
    package var open: Observation<Talk>
    package var closed: [Closed]

    package struct Talk: Codable, Sendable, Equatable {
        package var remoteAddress: String
        package var connectSeconds: Double
        /// The first line of what the server said; the rest can hold secrets.
        package var firstLine: String
        /// Whether what it said matches the banner that is expected.
        package var isExpected: Bool
    }

    package struct Closed: Codable, Sendable, Equatable {
        package var port: Int
        /// Seen: somebody accepted a connection.
        package var accepted: Observation<String>
    }
}

/// A TCP port.
package struct TCPSubject: ProbeSubject {
    package static let kind = "tcp"
    package static let checks: [CheckDefinition] = [
        CheckDefinition("connect", "Does the port accept connections?", why: "nothing else works without it"),
        CheckDefinition(
            "banner", "Does the server say what it should?", why: "another service may have taken the port"),
        CheckDefinition(
            "latency", "Is the connection made in time?", why: "a full backlog shows here first",
            limits: .atMost(warn: 0.5, fail: 2, "s")),
        CheckDefinition(
            "closed", "Are the ports closed that must be?",
            why: "a debug or admin port that is open to others is a way in", isPosture: true),
    ]

    package let expectation: TCPExpectation
    /// Sent before the banner is read; can be secret.
    private let message: Secret?

    package init(_ expectation: TCPExpectation, message: Secret? = nil) {
        (self.expectation, self.message) = (expectation, message)
    }

    package var endpoint: String { expectation.place }
    package var hosts: [String] { hostNames(expectation.host) }

    package func look(_ visit: Visit) async -> TCPSnapshot {
        let addresses = visit.addresses[expectation.host] ?? []
        async let open = lookAtOpen(addresses, visit.time.forLooking)
        async let closed = lookAtClosed(addresses, visit)
        return TCPSnapshot(open: await open, closed: await closed)
    }

    private func lookAtClosed(_ addresses: [String], _ visit: Visit) async -> [TCPSnapshot.Closed] {
        guard visit.asks("closed") else { return [] }
        return await withTaskGroup(of: (Int, TCPSnapshot.Closed).self) { group in
            for (index, port) in expectation.closedPorts.enumerated() {
                group.addTask {
                    let outcome = await lookAtClosedPort(
                        port, host: expectation.host, addresses: addresses, timeout: visit.time.forLooking)
                    return (index, .init(port: port, accepted: outcome))
                }
            }
            return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func lookAtOpen(_ addresses: [String], _ timeout: Duration) async -> Observation<TCPSnapshot.Talk> {
        guard let port = expectation.port else { return .notLooked }
        let banner = expectation.banner
        var isEnough: (@Sendable ([UInt8]) -> Bool)?
        if let banner { isEnough = { textMatches(String(decoding: $0, as: UTF8.self), banner) } }
        return await Observation.exchange { [isEnough] in
            let talk = try await TCPTalk.hold(
                host: expectation.host, port: port, addresses: addresses, send: Array((message?.reveal() ?? "").utf8),
                isEnough: isEnough, timeout: timeout)
            let words = String(decoding: talk.answer, as: UTF8.self)
            return TCPSnapshot.Talk(
                remoteAddress: talk.remoteAddress, connectSeconds: talk.connect.seconds,
                firstLine: String(words.prefix { !$0.isNewline }.prefix(120)),
                isExpected: isEnough?(talk.answer) ?? true)
        }
    }

    package static func judge(_ snapshot: TCPSnapshot, _ expectation: TCPExpectation, _ sheet: inout CheckSheet) {
        snapshot.judge(expectation, &sheet)
    }
}
