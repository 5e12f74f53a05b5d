import BucketClient
import Database
import HTTPTypes
import Hummingbird
import Logging
import OpsModel

/// Turns every thrown error into a problem document. What went wrong inside is logged, never sent.
struct ProblemMiddleware: RouterMiddleware {
    let logger: Logger

    func handle(
        _ request: Request, context: AppContext, next: (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as any HTTPResponseError where !(error is Hummingbird.HTTPError) {
            throw error
        } catch {
            return try problem(for: error, context).response(requestID: context.requestID)
        }
    }

    private func problem(for error: any Error, _ context: AppContext) -> Problem {
        switch error {
        case let problem as Problem: return problem
        case let error as Hummingbird.HTTPError: return Self.problem(for: error)
        case is CancellationError: return .unavailable("interrupted", "The server stops. Try again.")
        default: break
        }
        logger.report(error, "request failed", ["request_id": "\(context.requestID)"])
        switch error {
        case DatabaseError.unavailable, DatabaseError.exhausted, DatabaseError.timedOut:
            return .unavailable("database_unavailable", "The database does not answer. Try again in a few seconds.")
        case AppServerError.spool:
            return .unavailable("spool_unavailable", "The server cannot take files right now. Try again later.")
        default:
            let id = (error as? any DiagnosableError)?.diagnostic.id ?? ""
            if id.hasPrefix("disk.") {
                return .unavailable("storage_unavailable", "The server cannot keep files right now. Try again later.")
            }
            if id.hasPrefix("bucket.") || id.hasPrefix("http.") {
                return .unavailable(
                    "storage_unavailable", "The file store does not answer. Try again in a few seconds.")
            }
            return Problem(
                .internalServerError, "internal_error", "Something went wrong",
                "The server met an error of its own. Quote the request's identifier when you report it.")
        }
    }

    private static func problem(for error: Hummingbird.HTTPError) -> Problem {
        switch error.status {
        case .notFound: .notFound()
        case .methodNotAllowed:
            Problem(.methodNotAllowed, "method_not_allowed", "Wrong method", "This address does not take this method.")
        default: Problem(error.status, "http_\(error.status.code)", error.status.reasonPhrase, error.body ?? "")
        }
    }
}
