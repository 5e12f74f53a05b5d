import Foundation
import HTTPClient
import OpsModel

extension AWSCall {
    /// The answer as a tree, without the envelope of the query protocol. - Throws: `AWSError`.
    func document(of response: HTTPResponse) throws(AWSError) -> AWSDocument {
        guard (200...299).contains(response.status) else { throw error(in: response) }
        if response.body.isEmpty { return .empty }
        guard form != .json else { return try AWSDocument(json: response.body, action: permission) }
        // A bucket's policy is the only answer in JSON among XML.
        if form == .xml, response.body.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") {
            return try AWSDocument(json: response.body, action: permission)
        }
        let root = try XMLReader.read(response.body, action: permission)
        return root["\(action)Result"] ?? root
    }

    /// The answer as the JSON it is. - Throws: `AWSError`.
    func plain(of response: HTTPResponse) throws(AWSError) -> PlainJSON {
        guard (200...299).contains(response.status) else { throw error(in: response) }
        do {
            return try JSONDecoder().decode(PlainJSON.self, from: Data(response.body))
        } catch {
            throw .unreadable(action: permission, why: "no JSON: \(response.text.prefix(80))")
        }
    }

    private func error(in response: HTTPResponse) -> AWSError {
        let found: (code: String?, message: String?)
        do {
            found = try form == .json ? jsonError(response) : xmlError(response)
        } catch {
            found = (nil, nil)
        }
        guard let code = found.code else {
            if response.status >= 500, response.status != 501 {
                return .unavailable(action: permission, status: response.status, code: "without a reason")
            }
            return .unreadable(action: permission, why: "\(response.status) without an error code")
        }
        return AWSError(
            action: permission, status: response.status, code: code, message: found.message ?? "no message")
    }

    private func jsonError(_ response: HTTPResponse) throws(AWSError) -> (code: String?, message: String?) {
        let document = try AWSDocument(json: response.body, action: permission)
        let type = document.text("__type") ?? response.header("x-amzn-errortype")
        // `com.amazonaws.kms#NotFoundException`, `NotFoundException:http://…`
        let code = type?.split(separator: "#").last?.split(separator: ":").first.map(String.init)
        return (code, document.text("message") ?? document.text("Message"))
    }

    /// `ErrorResponse/Error` of the query protocol, `Response/Errors/Error` of EC2, `Error` of S3.
    private func xmlError(_ response: HTTPResponse) throws(AWSError) -> (code: String?, message: String?) {
        let root = try XMLReader.read(response.body, action: permission)
        let error = root["Error"] ?? root["Errors", "Error"] ?? root
        return (error.text("Code"), error.text("Message"))
    }
}
