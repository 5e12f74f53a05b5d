import Foundation
import HTTPClient

/// A JSON object as a test looks at it; what is missing is an error.
struct JSONObject: @unchecked Sendable {  // sound: JSONSerialization's values are immutable
    let fields: [String: Any]

    struct Missing: Error { let name: String }

    func text(_ name: String) throws -> String {
        guard let value = fields[name] as? String else { throw Missing(name: name) }
        return value
    }

    func number(_ name: String) throws -> Int {
        guard let value = fields[name] as? Int else { throw Missing(name: name) }
        return value
    }

    func object(_ name: String) throws -> JSONObject {
        guard let value = fields[name] as? [String: Any] else { throw Missing(name: name) }
        return JSONObject(fields: value)
    }
}

extension HTTPResponse {
    func json() throws -> JSONObject {
        guard let fields = try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any] else {
            throw JSONObject.Missing(name: "object")
        }
        return JSONObject(fields: fields)
    }

    /// `code` of a problem document; also checks that it is one.
    func problemCode() throws -> String {
        guard header("content-type") == "application/problem+json" else { throw JSONObject.Missing(name: text) }
        let json = try json()
        guard try json.number("status") == status, try json.text("type") == "urn:opsctl:problem:\(json.text("code"))"
        else {
            throw JSONObject.Missing(name: "status or type")
        }
        return try json.text("code")
    }
}
