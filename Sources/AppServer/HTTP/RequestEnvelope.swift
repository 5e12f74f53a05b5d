import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import OpsModel

/// What every response carries, and one log line and the metrics of every request.
struct RequestEnvelope: RouterMiddleware {
    let release: String
    let metrics: Metrics
    let logger: Logger

    func handle(
        _ request: Request, context: AppContext, next: (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        let started = ContinuousClock.now
        var context = context
        if let given = request.headers[.requestID], Self.isUsable(given) { context.requestID = given }
        metrics.add(1, to: .requestsInFlight)
        let record = RequestRecord(
            envelope: self, method: request.method, path: request.uri.path, requestID: context.requestID,
            started: started)
        do {
            var response = try await next(request, context)
            response.headers[.requestID] = context.requestID
            response.headers[.release] = release
            response.headers[.xContentTypeOptions] = "nosniff"
            if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
            let (route, status) = (context.endpointPath, response.status.code)
            response.body = response.body.observed { bytes, failed in
                record.end(route: route, status: status, bytes: bytes, aborted: failed)
            }
            return response
        } catch {
            record.end(route: context.endpointPath, status: 400, bytes: 0, aborted: true)
            throw error
        }
    }

    /// An identifier from outside goes into logs: letters, digits and a little punctuation only.
    private static func isUsable(_ id: String) -> Bool {
        (1...64).contains(id.utf8.count)
            && id.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }
}

/// One request on its way to the log. Queries, names of files and bodies never go there.
private struct RequestRecord: Sendable {
    let envelope: RequestEnvelope
    let method: HTTPRequest.Method
    let path: String
    let requestID: String
    let started: ContinuousClock.Instant

    /// Clients may invent methods; series must not follow them.
    private var methodLabel: String {
        let known: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete, .options]
        return known.contains(method) ? method.rawValue : "other"
    }

    func end(route: String?, status: Int, bytes: Int, aborted: Bool) {
        let route = route ?? "NotFound"
        let duration = started.duration(to: .now)
        envelope.metrics.add(-1, to: .requestsInFlight)
        envelope.metrics.add(
            to: .requests, [("route", route), ("method", methodLabel), ("status", String(status))])
        envelope.metrics.observe(duration.seconds, .requestSeconds, [("route", route)])
        envelope.logger.info(
            "request",
            metadata: [
                "request_id": "\(requestID)", "method": "\(method.rawValue)", "route": "\(route)",
                "path": "\(path.prefix(200))", "status": "\(status)", "duration_ms": "\(duration.milliseconds)",
                "bytes": "\(bytes)", "aborted": "\(aborted)",
            ])
    }
}

extension ResponseBody {
    /// The same body; `done` hears how many bytes were written, once, when all were or when writing failed.
    fileprivate func observed(_ done: @escaping @Sendable (_ bytes: Int, _ failed: Bool) -> Void) -> ResponseBody {
        let length = contentLength
        return ResponseBody(contentLength: length) { writer in
            do {
                try await self.write(writer)
                done(length ?? 0, false)
            } catch {
                done(0, true)
                throw error
            }
        }
    }
}

extension HTTPField.Name {
    // Sound: these are tokens of RFC 9110.
    static let requestID = HTTPField.Name("X-Request-Id")!
    static let release = HTTPField.Name("X-Release")!
    static let lastEventID = HTTPField.Name("Last-Event-ID")!
    static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
    static let permissionsPolicy = HTTPField.Name("Permissions-Policy")!
    static let crossOriginOpenerPolicy = HTTPField.Name("Cross-Origin-Opener-Policy")!
    static let frameOptions = HTTPField.Name("X-Frame-Options")!
    static let accelBuffering = HTTPField.Name("X-Accel-Buffering")!
}
