import Foundation
package import OpsModel

/// An HTTP service.
package struct HTTPSubject: ProbeSubject {
    package static let kind = "http"
    package static let checks: [CheckDefinition] = [
        CheckDefinition("connect", "Does a server answer?", why: "nothing else works without it"),
        CheckDefinition("status", "Is the status one of the expected ones?", why: "users would see an error"),
        CheckDefinition("headers", "Are the expected headers there?", why: "caches and browsers act on them"),
        CheckDefinition("body", "Does the body hold the expected text?", why: "an error page can have status 200"),
        CheckDefinition("latency", "Does the whole answer come in time?", why: "slow is down for users"),
    ]

    /// May carry credentials.
    let url: Secret
    package let expectation: HTTPExpectation

    package init(url: Secret, _ expectation: HTTPExpectation) { (self.url, self.expectation) = (url, expectation) }

    package var endpoint: String { expectation.place }
    private var host: String { URLComponents(string: url.reveal())?.host ?? "" }
    package var hosts: [String] { hostNames(host) }

    package func look(_ visit: Visit) async -> HTTPSnapshot {
        await HTTPLook(
            url: url, addresses: visit.addresses[host] ?? [], expectation: expectation, time: visit.time,
            http: visit.http
        ).look()
    }

    package static func judge(_ snapshot: HTTPSnapshot, _ expectation: HTTPExpectation, _ sheet: inout CheckSheet) {
        snapshot.judge(expectation, &sheet)
    }
}
