import BucketClient
import Cryptography
import Foundation
package import HTTPClient
package import OpsModel

/// Asks AWS in one region, with the credentials of an `AWSAccess`.
package struct AWSSession: Sendable {
    package let region: String
    private let access: AWSAccess
    private let http: HTTPClient
    private let deadline: ContinuousClock.Instant
    private let addresses: [String: [String]]

    private static let answerLimit = 4 << 20
    private static let pageLimit = 50

    /// - Parameter timeout: limit for everything that is asked of this session.
    /// - Parameter addresses: of hosts that are already resolved.
    package init(
        _ access: AWSAccess, region: String, http: HTTPClient, timeout: Duration, addresses: [String: [String]] = [:]
    ) {
        (self.access, self.region, self.http) = (access, region, http)
        (deadline, self.addresses) = (.now + timeout, addresses)
    }

    /// Sends one question, again when AWS is busy, and reads the answer.
    /// - Throws: `AWSError`, or `HTTPError` when there was no answer.
    package func ask(_ call: AWSCall) async throws -> AWSDocument {
        if call.isSigned { try await access.checkAccount(with: self) }
        return try await askUnchecked(call)
    }

    /// Sends one question to a service that speaks JSON, and keeps the types of the answer's members.
    /// - Throws: as `ask`.
    package func askPlain(_ call: AWSCall) async throws -> PlainJSON {
        try await access.checkAccount(with: self)
        return try await repeated(call) { try call.plain(of: $0) }
    }

    /// Every page of a list. - Parameter token: name of the next page's token in request and answer.
    package func askAll(
        _ call: (_ token: String?) -> AWSCall, next token: (AWSDocument) -> String?
    ) async throws -> AWSDocument {
        var pages: [AWSDocument] = []
        var next: String?
        repeat {
            let call = call(next)
            guard pages.count < Self.pageLimit else {
                throw AWSError.unreadable(action: call.permission, why: "more than \(Self.pageLimit) pages")
            }
            let page = try await ask(call)
            next = token(page)
            pages.append(page)
        } while next != nil
        return AWSDocument("", children: pages.flatMap(\.children))
    }

    /// As `ask`, whatever account it is.
    func askUnchecked(_ call: AWSCall) async throws -> AWSDocument {
        try await repeated(call) { try call.document(of: $0) }
    }

    private func repeated<Answer>(
        _ call: AWSCall, _ read: (HTTPResponse) throws -> Answer
    ) async throws -> Answer {
        var pause = Duration.milliseconds(200)
        while true {
            do {
                return try read(await send(call))
            } catch AWSError.unavailable(let action, let status, let code) {
                // Nothing that a pause until the deadline would mend.
                guard .now + pause * 2 < deadline, pause < .seconds(4) else {
                    throw AWSError.unavailable(action: action, status: status, code: code)
                }
                try await Task.sleep(for: pause * Double.random(in: 0.5...1))
                pause *= 2
            }
        }
    }

    private func send(_ call: AWSCall) async throws -> HTTPResponse {
        let endpoint = access.endpoints.endpoint(of: call.service, region: region)
        guard let parts = URLComponents(string: endpoint.url), let name = parts.host else {
            throw AWSError.configuration("the endpoint of \(call.service.rawValue) is no URL")
        }
        // What is sent takes effect, whether or not somebody waits for the answer.
        guard deadline > .now else {
            throw HTTPError.timedOut(url: printableURL(endpoint.url), phase: "the time before it was sent")
        }
        let host = parts.port.map { "\(name):\($0)" } ?? name
        let message = SigV4.Request(
            method: call.method, host: host, path: parts.path + call.path, query: call.query, headers: call.headers,
            payloadHash: hex(sha256(call.body)))
        var headers = call.headers
        if call.isSigned {
            let credentials = try await access.credentials(with: self)
            headers = SigV4(
                credentials: credentials, region: endpoint.region, service: call.service.signingName
            ).signedHeaders(for: message, at: Date())
        }
        let query = call.query.isEmpty ? "" : "?\(SigV4.canonicalQuery(call.query))"
        var request = HTTPRequest(
            call.method,
            "\(parts.scheme ?? "https")://\(host)\(SigV4.encoded(message.path, keepingSlash: true))\(query)",
            headers: headers, body: call.body.isEmpty ? .none : .bytes(call.body),
            sink: .memory(limit: Self.answerLimit), timeout: max(.milliseconds(1), deadline - .now))
        request.addresses = addresses[name] ?? []
        return try await http.send(request)
    }

    /// Fetches temporary credentials from the machine or the container that this runs on.
    func fetch(_ url: String, headers: [(name: String, value: String)]) async throws -> HTTPResponse {
        let left = max(.milliseconds(1), deadline - .now)
        return try await http.send(
            HTTPRequest("GET", url, headers: headers, sink: .memory(limit: 65_536), timeout: min(.seconds(5), left)))
    }
}
