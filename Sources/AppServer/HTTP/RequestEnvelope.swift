import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import OpsModel
import Synchronization

/// What every response carries, and one log line and the metrics of every request.
struct RequestEnvelope: RouterMiddleware {
    let release: String
    let metrics: Metrics
    let logger: Logger

    func handle(
        _ request: Request, context: AppContext, next: (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        if let given = request.headers[.requestID], Self.isUsable(given) { context.requestID = given }
        let record = RequestRecord(
            envelope: self, method: request.method, path: request.uri.path, requestID: context.requestID)
        do {
            var response = try await next(request, context)
            response.headers[.requestID] = context.requestID
            response.headers[.release] = release
            response.headers[.xContentTypeOptions] = "nosniff"
            if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
            record.answer(route: context.endpointPath, status: response.status.code)
            if request.method == .head {
                record.end(bytes: 0, aborted: false)  // its body is dropped, unwritten
            } else {
                response.body = response.body.observed { record.end(bytes: $0, aborted: $1) }
            }
            return response
        } catch {
            record.answer(route: context.endpointPath, status: 400)
            record.end(bytes: 0, aborted: true)
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

/// One request on its way to the log, in flight until it ends: at the last when nobody holds it any more, as when the client
/// is gone before the head of the response is written. Queries, names of files and bodies never go to the log.
private final class RequestRecord: Sendable {
    private struct Answer {
        var route = "NotFound"
        var status = 400
        var hasEnded = false
    }

    private let envelope: RequestEnvelope
    private let method: HTTPRequest.Method
    private let path: String
    private let requestID: String
    private let started = ContinuousClock.now
    private let answer = Mutex(Answer())

    init(envelope: RequestEnvelope, method: HTTPRequest.Method, path: String, requestID: String) {
        (self.envelope, self.method, self.path, self.requestID) = (envelope, method, path, requestID)
        envelope.metrics.add(1, to: .requestsInFlight)
    }

    deinit { end(bytes: 0, aborted: true) }

    /// Clients may invent methods; series must not follow them.
    private var methodLabel: String {
        let known: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete, .options]
        return known.contains(method) ? method.rawValue : "other"
    }

    func answer(route: String?, status: Int) {
        answer.withLock { $0 = Answer(route: route ?? "NotFound", status: status, hasEnded: $0.hasEnded) }
    }

    /// Counts and logs; only the first call does.
    func end(bytes: Int, aborted: Bool) {
        let answer = answer.withLock { answer in
            defer { answer.hasEnded = true }
            return answer
        }
        guard !answer.hasEnded else { return }
        let duration = started.duration(to: .now)
        envelope.metrics.add(-1, to: .requestsInFlight)
        envelope.metrics.add(
            to: .requests, [("route", answer.route), ("method", methodLabel), ("status", String(answer.status))])
        if aborted { envelope.metrics.add(to: .requestsAborted, [("route", answer.route)]) }
        envelope.metrics.observe(duration.seconds, .requestSeconds, [("route", answer.route)])
        envelope.logger.info(
            "request",
            metadata: [
                "request_id": "\(requestID)", "method": "\(method.rawValue)", "route": "\(answer.route)",
                "path": "\(path.prefix(200))", "status": .stringConvertible(answer.status),
                "duration_ms": .stringConvertible(duration.milliseconds), "bytes": .stringConvertible(bytes),
                "aborted": .stringConvertible(aborted),
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
