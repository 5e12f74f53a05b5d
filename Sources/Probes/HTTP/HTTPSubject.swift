import Foundation
package import OpsModel

/// An HTTP service.
package struct HTTPSubject: ProbeSubject {
    package static let kind = "http"

    private let call: HTTPCall
    package let expectation: HTTPExpectation

    package init(_ call: HTTPCall, _ expectation: HTTPExpectation) {
        (self.call, self.expectation) = (call, expectation)
        precondition(call.steps.count == expectation.steps.count && call.cleanup.count == expectation.cleanup.count)
    }

    package init(url: Secret, _ expectation: HTTPExpectation) { self.init(HTTPCall(url: url), expectation) }

    package var endpoint: String { expectation.place }
    private var host: String { URLComponents(string: call.url.reveal())?.host ?? "" }
    package var hosts: [String] { hostNames(host) }

    package func look(_ visit: Visit) async -> HTTPSnapshot {
        await HTTPLook(call: call, expectation: expectation, host: host, visit: visit).look()
    }

    package static func judge(_ snapshot: HTTPSnapshot, _ expectation: HTTPExpectation, _ sheet: inout CheckSheet) {
        snapshot.judge(expectation, &sheet)
    }
}
