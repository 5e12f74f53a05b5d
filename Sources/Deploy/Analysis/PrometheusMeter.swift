import Foundation
package import HTTPClient
package import OpsModel

/// Requests and errors of a slot as Prometheus has them: a second source, for a router that does not count.
///
/// Both queries are instant ones whose answer is one number; `${slot}` in them is the slot's name. They must count up from a
/// fixed time, as `sum(http_requests_total{slot="${slot}"})`. A series that begins with its first error needs `or vector(0)`:
/// an empty answer is never taken for 0.
package struct PrometheusMeter: Sendable {
    package struct Queries: Sendable, Equatable {
        package var requests: String
        package var errors: String

        package init(requests: String, errors: String) { (self.requests, self.errors) = (requests, errors) }
    }

    private let url: String
    private let queries: Queries
    private let http: HTTPClient
    private let headers: [(name: String, value: String)]
    private let timeout: Duration

    /// - Parameters:
    ///   - url: of the server, without `/api/v1`.
    ///   - headers: as for authentication.
    package init(
        url: String, queries: Queries, http: HTTPClient, headers: [(name: String, value: String)] = [],
        timeout: Duration = .seconds(5)
    ) {
        self.url = url.hasSuffix("/") ? String(url.dropLast()) : url
        (self.queries, self.http, self.headers, self.timeout) = (queries, http, headers, timeout)
    }

    /// Counts up to now; `lost` is 0, as Prometheus cannot know it.
    /// - Throws: `PrometheusError`: whoever asked could not look.
    package func tally(of slot: Slot) async throws(PrometheusError) -> SlotTally {
        let requests = try await number(queries.requests, slot)
        let errors = try await number(queries.errors, slot)
        guard errors <= requests else {
            throw .unusable(query: queries.errors, why: "\(errors) errors of \(requests) requests")
        }
        return SlotTally(requests: requests, errors: errors, lost: 0)
    }

    /// - Parameter query: PromQL with placeholders.
    private func number(_ query: String, _ slot: Slot) async throws(PrometheusError) -> Int {
        let text = query.replacingOccurrences(of: "${slot}", with: slot.rawValue)
        let response: HTTPResponse
        do {
            response = try await http.send(
                HTTPRequest(
                    "POST", "\(url)/api/v1/query",
                    headers: headers + [("content-type", "application/x-www-form-urlencoded")],
                    body: .bytes(Array("query=\(formEncoded(text))".utf8)), timeout: timeout))
        } catch let error as any DiagnosableError {
            throw .unreachable(url: error.diagnostic.place, why: error.diagnostic.why)
        } catch {
            throw .unreachable(url: printableURL(url), why: "\(error)")
        }
        guard response.status == 200 else {
            throw .unusable(
                query: text, why: "status \(response.status): \(printable(String(response.text.prefix(200))))")
        }
        return try PrometheusAnswer.number(in: response.body, query: text)
    }
}

/// Everything but unreserved characters as `%XX`.
private func formEncoded(_ text: String) -> String {
    text.utf8.map { byte in
        let isPlain = byte < 128 && (Character(UnicodeScalar(byte)).isLetter || Character(UnicodeScalar(byte)).isNumber)
        return isPlain ? String(UnicodeScalar(byte)) : String(format: "%%%02X", byte)
    }.joined()
}

package enum PrometheusError: DiagnosableError, Equatable {
    case unreachable(url: String, why: String)
    case noData(query: String)
    case unusable(query: String, why: String)

    package var diagnostic: Diagnostic {
        switch self {
        case .unreachable(let url, let why):
            Diagnostic(
                "prometheus.unreachable", what: "cannot ask Prometheus", place: url, why: why,
                fix: "check deploy.analysis.prometheus.url from this host")
        case .noData(let query):
            Diagnostic(
                "prometheus.no_data", what: "Prometheus has no number", place: query, why: "the answer has no series",
                fix: "try the query in Prometheus; add `or vector(0)` where a missing series means none")
        case .unusable(let query, let why):
            Diagnostic(
                "prometheus.unusable", what: "Prometheus' answer is not a count", place: query, why: why,
                fix: "the query must give one number of at least 0; wrap it in sum()")
        }
    }
}
