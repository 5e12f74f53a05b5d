package import HTTPClient
package import OpsModel

/// What is sent to an HTTP service. Its parts can be secret: it is never stored or printed.
package struct HTTPCall: Sendable {
    package var method = "GET"
    /// May carry credentials.
    package var url: Secret
    package var headers: [(name: String, value: Secret)] = []
    package var body: HTTPBody = .none
    package var clientCertificate: ClientCertificate?
    package var steps: [HTTPStepCall] = []
    package var cleanup: [HTTPStepCall] = []

    package init(url: Secret) { self.url = url }
}

/// The request of one step; path, headers and body may hold `${capture:name}`.
package struct HTTPStepCall: Sendable {
    package var method = "GET"
    /// Path and query at the origin of the target's URL.
    package var path: Secret
    package var headers: [(name: String, value: Secret)] = []
    package var body: Secret?

    package init(path: Secret) { self.path = path }
}
