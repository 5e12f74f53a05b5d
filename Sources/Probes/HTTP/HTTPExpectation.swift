package import HTTPClient
package import OpsModel

/// What an answer must be.
package struct HTTPAnswerExpectation: Codable, Sendable, Equatable {
    package var statuses: StatusSet
    package var headers: [String: ValueMatcher] = [:]
    package var body: HTTPBodyExpectation?
    /// JSON pointer (RFC 6901) and what must stand there.
    package var json: [String: ValueMatcher] = [:]

    package init(statuses: StatusSet = .ok) { self.statuses = statuses }
}

package struct HTTPBodyExpectation: Codable, Sendable, Equatable {
    package var contains: [String] = []
    package var notContains: [String] = []
    package var matches: String?
    /// Lower-case hexadecimal.
    package var sha256: String?
    package var minimumBytes: Int?
    package var maximumBytes: Int?

    package init() {}
}

/// What is expected of an HTTP service. What is sent to it, which can be secret, is `HTTPCall`.
package struct HTTPExpectation: Codable, Sendable {
    package enum AddressPolicy: String, Codable, Sendable, CaseIterable { case all, any }

    /// Without credentials.
    package var place: String
    package var answer: HTTPAnswerExpectation
    /// Milliseconds.
    package var within: Int64?
    package var authorityFile: String?
    /// Redirects that are followed; beyond them is a failure when there are any.
    package var follows = 0
    /// What the last URL, or the location that is not followed, must be.
    package var location: ValueMatcher?
    package var version: HTTPVersion?
    package var addresses = AddressPolicy.all
    /// The port that must redirect to HTTPS or refuse; nil: not asked for.
    package var plaintextPort: Int?
    package var wantsHSTS = false
    /// nil: where the content type says so.
    package var isHealthDocument: Bool?
    package var steps: [HTTPStepExpectation] = []
    package var cleanup: [HTTPStepExpectation] = []

    package init(url: String, answer: HTTPAnswerExpectation, within: Duration? = nil, authorityFile: String? = nil) {
        (place, self.answer, self.authorityFile) = (printableURL(url), answer, authorityFile)
        self.within = within.map(\.milliseconds)
    }

    package init(
        url: String, statuses: [Int], headers: [String: String], bodyContains: String?, within: Duration?,
        authorityFile: String?
    ) {
        var answer = HTTPAnswerExpectation(statuses: StatusSet(codes: statuses))
        answer.headers = headers.mapValues { .containing($0) }
        if let bodyContains {
            var body = HTTPBodyExpectation()
            body.contains = [bodyContains]
            answer.body = body
        }
        self.init(url: url, answer: answer, within: within, authorityFile: authorityFile)
    }
}

/// What a step's answer must be; its request is in `HTTPStepCall` under the same index.
package struct HTTPStepExpectation: Codable, Sendable, Equatable {
    package var name: String
    package var answer: HTTPAnswerExpectation
    /// Name, and a JSON pointer or `header:NAME`.
    package var captures: [String: String]

    package init(name: String, answer: HTTPAnswerExpectation, captures: [String: String] = [:]) {
        (self.name, self.answer, self.captures) = (name, answer, captures)
    }
}
