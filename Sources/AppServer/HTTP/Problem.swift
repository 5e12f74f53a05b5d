import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import OpsModel

/// An answer that says no, as `application/problem+json` (RFC 9457). `code` is stable; clients decide by it.
struct Problem: Error, Equatable {
    var status: HTTPResponse.Status
    var code: String
    var title: String
    var detail: String
    var retryAfter: Int?

    init(_ status: HTTPResponse.Status, _ code: String, _ title: String, _ detail: String, retryAfter: Int? = nil) {
        (self.status, self.code, self.title, self.detail) = (status, code, title, detail)
        self.retryAfter = retryAfter
    }

    private struct Document: Encodable {
        let type: String
        let title: String
        let status: Int
        let detail: String
        let code: String
        let requestID: String

        private enum CodingKeys: String, CodingKey {
            case type, title, status, detail, code
            case requestID = "request_id"
        }
    }

    func response(requestID: String) throws -> Response {
        let document = Document(
            type: "urn:opsctl:problem:\(code)", title: title, status: status.code, detail: detail, code: code,
            requestID: requestID)
        var response = Response(
            status: status, headers: [.contentType: "application/problem+json"],
            body: .init(byteBuffer: ByteBuffer(bytes: try canonicalJSON(document))))
        if let retryAfter { response.headers[.retryAfter] = String(retryAfter) }
        return response
    }
}

extension Problem {
    static func notFound() -> Problem {
        Problem(.notFound, "not_found", "No such page", "There is nothing at this address.")
    }
    static func jobNotFound() -> Problem {
        Problem(
            .notFound, "job_not_found", "No such job",
            "There is no job of this identifier. Finished jobs are deleted after a while.")
    }
    static func tooLarge(limit: Int) -> Problem {
        Problem(
            .contentTooLarge, "file_too_large", "The file is too large",
            "At most \(limit) bytes (\(limit >> 20) MiB) are accepted.")
    }
    static func emptyFile() -> Problem {
        Problem(.unprocessableContent, "empty_file", "The file is empty", "The upload holds 0 bytes.")
    }
    static func unsupportedType(_ detail: String) -> Problem {
        Problem(.unsupportedMediaType, "unsupported_media_type", "This kind of file is not accepted here", detail)
    }
    static func badRequest(_ code: String, _ detail: String) -> Problem {
        Problem(.badRequest, code, "The request cannot be understood", detail)
    }
    static func busy() -> Problem {
        Problem(
            .serviceUnavailable, "busy", "Too many files are on their way", "Try again in a few seconds.", retryAfter: 2
        )
    }
    static func unavailable(_ code: String, _ detail: String) -> Problem {
        Problem(.serviceUnavailable, code, "The service is not available right now", detail, retryAfter: 5)
    }
}
