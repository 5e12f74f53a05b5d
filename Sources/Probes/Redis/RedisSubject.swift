import OpsModel
import RedisClient

/// A Redis server.
package struct RedisSubject: ProbeSubject {
    package static let kind = "redis"

    package let expectation: RedisExpectation

    package init(_ expectation: RedisExpectation) { self.expectation = expectation }

    package var endpoint: String { expectation.url.endpoint }
    package var hosts: [String] { hostNames(expectation.url.host) }

    package func look(_ visit: Visit) async -> RedisSnapshot {
        var expectation = expectation
        expectation.url.addresses = visit.addresses[expectation.url.host] ?? []
        return await RedisLook(expectation: expectation, visit: visit).look()
    }

    package static func judge(_ snapshot: RedisSnapshot, _ expectation: RedisExpectation, _ sheet: inout CheckSheet) {
        snapshot.judge(expectation, &sheet)
    }

    package static func roundTrips(_ snapshot: RedisSnapshot) -> Int? { snapshot.link.facts?.roundTrips }
}
