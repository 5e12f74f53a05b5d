package import OpsModel
package import SocketClient

/// What is expected of a name in the DNS.
package struct DNSExpectation: Codable, Sendable {
    package var name: String
    package var type: DNSType
    /// Servers to ask, `address:port`; none: the one of /etc/resolv.conf.
    package var resolvers: [DNSResolver]
    package var rcode: String
    /// Values that must be among the records.
    package var contains: [String]
    /// All the values, in any order; empty: not asked for.
    package var equals: [String]
    package var atLeast: Int?
    package var atMost: Int?

    package init(
        name: String, type: DNSType, resolvers: [DNSResolver] = [], rcode: String = "NOERROR", contains: [String] = [],
        equals: [String] = [], atLeast: Int? = nil, atMost: Int? = nil
    ) {
        (self.name, self.type, self.resolvers, self.rcode) = (name, type, resolvers, rcode)
        (self.contains, self.equals, self.atLeast, self.atMost) = (contains, equals, atLeast, atMost)
    }

    /// With a record asked for by default where the name must be there.
    var fewest: Int? { atLeast ?? (rcode == "NOERROR" && atMost == nil ? 1 : nil) }
}

/// What each server said.
package struct DNSSnapshot: Codable, Sendable, Equatable {
    package var servers: [Server]

    package struct Server: Codable, Sendable, Equatable {
        package var resolver: String
        package var answer: Observation<Answer>
    }

    package struct Answer: Codable, Sendable, Equatable {
        package var rcode: String
        /// Of the type that was asked for; the CNAMEs before them are left out.
        package var records: [DNSRecord]
        package var seconds: Double
        package var isOverTCP: Bool

        /// What two servers must agree on.
        var content: [String] { [rcode] + records.map(\.value).sorted() }
    }
}

/// A name in the DNS.
package struct DNSSubject: ProbeSubject {
    package static let kind = "dns"
    package static let checks: [CheckDefinition] = [
        CheckDefinition("answer", "Does the resolver answer?", why: "without names nothing is found"),
        CheckDefinition("rcode", "Is it the expected answer code?", why: "SERVFAIL and NXDOMAIN are outages"),
        CheckDefinition(
            "records", "Are the expected records there?", why: "a wrong address sends users to a stranger"),
        CheckDefinition(
            "ttl", "Is the time to live short enough for a failover?",
            why: "after a move clients keep the old address for that long", in: .review,
            limits: .atMost(warn: 86_400, "s")),
        CheckDefinition(
            "latency", "Does the resolver answer in time?", why: "every new connection waits for it",
            limits: .atMost(warn: 0.5, fail: 2, "s")),
        CheckDefinition(
            "agreement", "Do all the resolvers say the same?", why: "a stale secondary serves the old address to some",
            in: .review),
    ]

    package let expectation: DNSExpectation

    package init(_ expectation: DNSExpectation) { self.expectation = expectation }

    package var endpoint: String {
        let servers = expectation.resolvers.map(\.text).joined(separator: ", ")
        return "\(expectation.name) \(expectation.type.rawValue)\(servers.isEmpty ? "" : " at \(servers)")"
    }
    /// The name is the question here, not a condition.
    package var hosts: [String] { [] }

    package func look(_ visit: Visit) async -> DNSSnapshot {
        let resolvers: [DNSResolver]
        do {
            resolvers = expectation.resolvers.isEmpty ? [try .system()] : expectation.resolvers
        } catch {
            return DNSSnapshot(servers: [
                .init(resolver: "/etc/resolv.conf", answer: .failed(LookFailure(exchange: error)))
            ])
        }
        let asked = visit.asks("agreement") ? resolvers : Array(resolvers.prefix(1))
        let question = DNSQuestion(name: expectation.name, type: expectation.type)
        return await withTaskGroup(of: (Int, DNSSnapshot.Server).self) { group in
            for (index, resolver) in asked.enumerated() {
                group.addTask {
                    let answer = await Observation.exchange {
                        DNSSnapshot.Answer(try await resolver.ask(question, timeout: visit.time.forLooking))
                    }
                    return (index, .init(resolver: resolver.text, answer: answer))
                }
            }
            let servers = await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
            return DNSSnapshot(servers: servers)
        }
    }

    package static func judge(_ snapshot: DNSSnapshot, _ expectation: DNSExpectation, _ sheet: inout CheckSheet) {
        snapshot.judge(expectation, &sheet)
    }
}

extension DNSSnapshot.Answer {
    init(_ exchange: DNSExchange) {
        self.init(
            rcode: exchange.reply.rcode.name,
            records: exchange.reply.records.filter { $0.type == exchange.reply.question.type },
            seconds: exchange.elapsed.seconds, isOverTCP: exchange.isOverTCP)
    }
}
