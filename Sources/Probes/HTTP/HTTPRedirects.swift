import Foundation
import HTTPClient
import OpsModel

/// Follows redirects one by one. Headers, bodies and client certificates are never sent to another origin.
struct HTTPRedirects {
    let limit: Int
    let http: HTTPClient

    func send(_ first: HTTPRequest) async throws -> HTTPAnswer {
        let deadline = ContinuousClock.now + first.timeout
        var request = first
        var hops: [HTTPAnswer.Hop] = []
        while true {
            request.timeout = max(.milliseconds(1), deadline - .now)
            let response = try await http.send(request)
            var answer = HTTPAnswer(response)
            answer.hops = hops
            guard limit > 0, [301, 302, 303, 307, 308].contains(response.status),
                let location = response.header("location")
            else { return answer }
            guard hops.count < limit else {
                answer.hasMoreHops = true
                return answer
            }
            guard let next = next(after: request, status: response.status, location) else { return answer }
            hops.append(.init(status: response.status, location: storableURL(next.url)))
            request = next
        }
    }

    /// nil for a location that is no URL.
    private func next(after request: HTTPRequest, status: Int, _ location: String) -> HTTPRequest? {
        guard let base = URL(string: request.url), let url = URL(string: location, relativeTo: base)?.absoluteURL else {
            return nil
        }
        var next = request
        next.url = url.absoluteString
        let turnsIntoGET = status == 303 || ([301, 302].contains(status) && request.method == "POST")
        if turnsIntoGET, request.method != "HEAD" { (next.method, next.body) = ("GET", .none) }
        guard origin(of: url) != origin(of: base) else { return next }
        (next.headers, next.clientCertificate, next.addresses) = ([], nil, [])
        next.body = .none
        if url.host() == base.host() { next.addresses = request.addresses }
        return next
    }
}

/// Scheme, host and port (RFC 6454): where credentials may be sent again.
func origin(of url: URL) -> String {
    let scheme = url.scheme?.lowercased() ?? ""
    let port = url.port ?? (scheme == "https" ? 443 : 80)
    return "\(scheme)://\(url.host()?.lowercased() ?? ""):\(port)"
}
