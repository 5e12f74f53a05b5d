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
        /// Parts of a form (`multipart/form-data`); empty: none is sent.
        package var form: [SmokeForm.Part] = []
        package init(path: String) { self.path = path }
    }

    package struct Expectation: Sendable, Equatable {
        package var statuses = [200]
        package var headers: [String: SmokeMatcher] = [:]
        /// By JSON pointer (RFC 6901).
        package var json: [String: SmokeMatcher] = [:]
        package var bodyContains: String?
        package var bodyNotContains: [String] = []
        /// A regular expression that must match somewhere.
        package var bodyMatches: String?
        package var bodyBegins: String?
        /// Path of a file that must be larger than the body.
        package var smallerThan: String?
        package var within: Duration = .seconds(30)
        package init() {}
    }

    /// An event that a stream (`text/event-stream`) must bring.
    package struct EventWait: Sendable, Equatable {
        /// nil: any.
        package var event: String?
        /// What the event's data must be, by JSON pointer.
        package var json: [String: SmokeMatcher] = [:]
        /// From the request to the event.
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
    package var captures: [String: SmokeCapture]
    package var retry: Retry?
    /// The response is a stream, which is read until this event; captures are taken from its data then.
    package var events: EventWait?
    /// Why the step is not run; nil: it is.
    package var skip: String?
    /// Texts that must not show in results.
    package var secrets: Set<String> = []

    package init(
        name: String, request: Request, expectation: Expectation, captures: [String: SmokeCapture] = [:],
        retry: Retry? = nil
    ) {
        (self.name, self.request, self.expectation) = (name, request, expectation)
        (self.captures, self.retry) = (captures, retry)
    }
}

/// Where a later step's value is taken from.
package enum SmokeCapture: Sendable, Equatable {
    /// A JSON pointer (RFC 6901).
    case json(String)
    case header(String)
    /// A regular expression: its first group, or the whole match.
    case body(String)

    /// `/pointer`, `header:NAME` or `body:PATTERN`; nil for anything else.
    package init?(_ text: String) {
        if text.hasPrefix("header:") {
            self = .header(String(text.dropFirst("header:".count)))
        } else if text.hasPrefix("body:") {
            self = .body(String(text.dropFirst("body:".count)))
        } else if text.isEmpty || text.hasPrefix("/") {
            self = .json(text)
        } else {
            return nil
        }
    }
}
