package import OpsModel

/// One step of a smoke suite: a request, what its response must be, and what later steps need of it.
package struct SmokeStep: Sendable, Equatable {
    package struct Request: Sendable, Equatable {
        package var method = "GET"
        /// Path and query; may hold `${capture:name}`.
        package var path: String
        package var headers: [String: String] = [:]
        package var body: String?
        /// Path of a file to send.
        package var file: String?
        package init(path: String) { self.path = path }
    }

    package struct Expectation: Sendable, Equatable {
        package var statuses = [200]
        /// Header name and a part of its value.
        package var headers: [String: String] = [:]
        /// JSON pointer (RFC 6901) and the value that must stand there, as text.
        package var json: [String: String] = [:]
        package var bodyContains: String?
        package var bodyBegins: String?
        /// Path of a file that must be larger than the body.
        package var smallerThan: String?
        package var within: Duration = .seconds(30)
        package init() {}
    }

    package struct Retry: Sendable, Equatable {
        package var deadline: Duration
        package var interval: Duration
        package init(deadline: Duration, interval: Duration) { (self.deadline, self.interval) = (deadline, interval) }
    }

    package var name: String
    package var request: Request
    package var expectation: Expectation
    /// Name and JSON pointer.
    package var captures: [String: String]
    package var retry: Retry?

    package init(
        name: String, request: Request, expectation: Expectation, captures: [String: String] = [:], retry: Retry? = nil
    ) {
        (self.name, self.request, self.expectation) = (name, request, expectation)
        (self.captures, self.retry) = (captures, retry)
    }
}

/// How one step of a suite turned out.
package struct SmokeResult: Codable, Sendable, Equatable {
    package let step: String
    package let verdict: Verdict
    package let observed: String
    package let elapsedMilliseconds: Int64

    private enum CodingKeys: String, CodingKey {
        case step, verdict, observed
        case elapsedMilliseconds = "elapsed_ms"
    }
}
