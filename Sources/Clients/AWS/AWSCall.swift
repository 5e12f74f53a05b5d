import BucketClient
import Foundation
package import OpsModel

/// One question to AWS, before it is signed.
package struct AWSCall: Sendable {
    /// How the answer is written.
    enum Form: Sendable { case query, json, xml }

    package let service: AWSService
    /// The right it takes, which is also its name in messages: `rds:DescribeDBInstances`.
    package let permission: String
    let action: String
    let form: Form
    let method: String
    let path: String
    var query: [(name: String, value: String)] = []
    package var headers: [(name: String, value: String)] = []
    package var body: [UInt8] = []
    var isSigned = true

    /// An action of a service with the query protocol: parameters as a form, the answer as XML.
    package static func query(_ service: AWSService, _ action: String, _ parameters: [String: String] = [:]) -> AWSCall
    {
        guard let version = service.queryVersion else { preconditionFailure("\(service) has no query protocol") }
        let form = parameters.merging(["Action": action, "Version": version]) { $1 }
        return AWSCall(
            service: service, permission: "\(service.permissionPrefix):\(action)", action: action, form: .query,
            method: "POST", path: "/", headers: [("content-type", "application/x-www-form-urlencoded; charset=utf-8")],
            body: Array(SigV4.canonicalQuery(form.map { (name: $0.key, value: $0.value) }).utf8))
    }

    /// An action of a service that speaks JSON.
    package static func json(_ service: AWSService, _ action: String, _ members: [String: AWSInput]) -> AWSCall {
        json(service, action, text: AWSInput.members(members).json)
    }

    /// The same with members of any JSON.
    package static func plain(_ service: AWSService, _ action: String, _ members: [String: PlainJSON]) throws -> AWSCall
    {
        json(service, action, text: String(decoding: try canonicalJSON(PlainJSON.object(members)), as: UTF8.self))
    }

    private static func json(_ service: AWSService, _ action: String, text: String) -> AWSCall {
        guard let target = service.jsonTarget else { preconditionFailure("\(service) does not speak JSON") }
        return AWSCall(
            service: service, permission: "\(service.permissionPrefix):\(action)", action: action, form: .json,
            method: "POST", path: "/",
            headers: [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", "\(target).\(action)")],
            body: Array(text.utf8))
    }

    /// `GET /BUCKET?subresource`; the permission is often not named like it.
    package static func bucket(_ bucket: String, _ subresource: String, permission: String) -> AWSCall {
        AWSCall(
            service: .s3, permission: "s3:\(permission)", action: permission, form: .xml, method: "GET",
            path: "/\(bucket)", query: [(subresource, "")])
    }

    /// A request of the services that speak XML over paths.
    package static func rest(
        _ service: AWSService, _ method: String, _ path: String, query: [(name: String, value: String)] = [],
        permission: String
    ) -> AWSCall {
        AWSCall(
            service: service, permission: "\(service.permissionPrefix):\(permission)", action: permission, form: .xml,
            method: method, path: path, query: query)
    }

    /// The same request as anybody may send it.
    var unsigned: AWSCall {
        var copy = self
        copy.isSigned = false
        return copy
    }
}

/// A value of a JSON request.
package enum AWSInput: Sendable, ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    case text(String)
    case number(Int)
    case flag(Bool)
    case list([AWSInput])
    case members([String: AWSInput])

    package init(stringLiteral value: String) { self = .text(value) }
    package init(booleanLiteral value: Bool) { self = .flag(value) }
    package init(integerLiteral value: Int) { self = .number(value) }
    package init(arrayLiteral elements: AWSInput...) { self = .list(elements) }
    package init(dictionaryLiteral elements: (String, AWSInput)...) {
        self = .members(Dictionary(elements, uniquingKeysWith: { first, _ in first }))
    }

    var json: String {
        switch self {
        case .text(let text): Self.quoted(text)
        case .number(let number): String(number)
        case .flag(let flag): flag ? "true" : "false"
        case .list(let elements): "[\(elements.map(\.json).joined(separator: ","))]"
        case .members(let members):
            "{\(members.sorted { $0.key < $1.key }.map { "\(Self.quoted($0.key)):\($0.value.json)" }.joined(separator: ","))}"
        }
    }

    /// RFC 8259, section 7.
    private static func quoted(_ text: String) -> String {
        var output = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": output += "\\\(scalar)"
            case "\u{0}"..<"\u{20}":
                let digits = String(scalar.value, radix: 16)
                output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output + "\""
    }
}
