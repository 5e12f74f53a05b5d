package import Foundation
import OpsModel
package import RedisClient
package import SocketClient

/// A Redis cluster, as one of its nodes sees it.
package struct RedisClusterSubject: ProbeSubject {
    package static let kind = "redis_cluster"
    package static let checks: [CheckDefinition] = [
        CheckDefinition("connect", "Does the node answer?", why: "the rest of the cluster is found through it"),
        CheckDefinition(
            "certificate_expiry", "Does every certificate of the chain stay valid?",
            why: "on the day it expires every client is refused", limits: .atLeast(warn: 21, fail: 3, "d")),
        CheckDefinition("authenticate", "Is the user accepted?", why: "the app could not log in"),
        CheckDefinition(
            "state", "Does the cluster take commands?", why: "in state fail every command is refused",
            privilege: "+cluster|info"),
        CheckDefinition(
            "slots", "Are all 16384 slots served?", why: "keys of a slot without a node cannot be used",
            privilege: "+cluster|info"),
        CheckDefinition(
            "failing_nodes", "Is no node down, or taken for down?", why: "its shard fails over, or is gone",
            privilege: "+cluster|nodes"),
        CheckDefinition(
            "replicas", "Has every shard enough replicas?", why: "a shard without one is gone with its master",
            in: .review, privilege: "+cluster|nodes"),
    ]

    package let expectation: RedisClusterExpectation

    package init(_ expectation: RedisClusterExpectation) { self.expectation = expectation }

    package var endpoint: String { expectation.url.endpoint }
    package var hosts: [String] { hostNames(expectation.url.host) }

    package func look(_ visit: Visit) async -> RedisClusterSnapshot {
        var url = expectation.url
        url.addresses = visit.addresses[url.host] ?? []
        do {
            if url.usesTLS { try LookFailure.refuseUnusable(authorityFile: url.authorityFile) }
        } catch {
            return RedisClusterSnapshot(answers: .failed(error))
        }
        let opening = await RedisOpening.look(url, timeout: visit.time.forLooking)
        switch opening.outcome {
        case .failed(let failure):
            return RedisClusterSnapshot(handshake: opening.handshake, answers: .failed(failure))
        case .open(let connection):
            let answers = await Observation<RedisClusterSnapshot.Answers>.look {
                let replies = try await connection.send(
                    [url.authentication ?? ["PING"], ["CLUSTER", "INFO"], ["CLUSTER", "NODES"]],
                    timeout: visit.time.forLooking)
                return .init(
                    authentication: .init(replies[0]), info: .init(replies[1]), nodes: .init(replies[2]),
                    roundTrips: connection.roundTrips)
            }
            return RedisClusterSnapshot(handshake: opening.handshake, answers: answers)
        }
    }

    package static func judge(
        _ snapshot: RedisClusterSnapshot, _ expectation: RedisClusterExpectation, _ sheet: inout CheckSheet
    ) { snapshot.judge(expectation, &sheet) }

    package static func roundTrips(_ snapshot: RedisClusterSnapshot) -> Int? { snapshot.answers.facts?.roundTrips }
}

package struct RedisClusterExpectation: Codable, Sendable {
    /// One of the nodes.
    package var url: RedisURL
    /// Replicas of each master with slots; nil when not asked for.
    package var replicas: Int?

    package init(url: RedisURL, replicas: Int? = nil) { (self.url, self.replicas) = (url, replicas) }
}

package struct RedisClusterSnapshot: Codable, Sendable, Equatable {
    package struct Answers: Codable, Sendable, Equatable {
        package var authentication: RedisSnapshot.Answer
        /// The texts of `CLUSTER INFO` and `CLUSTER NODES`.
        package var info: RedisSnapshot.Answer
        package var nodes: RedisSnapshot.Answer
        package var roundTrips: Int?
    }

    package var takenAt = Date()
    package var handshake: TLSFacts?
    package var answers: Observation<Answers>
}
