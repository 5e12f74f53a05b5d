import AWSClient
import Foundation

/// An IAM policy, as far as its statements are judged.
struct PolicyDocument {
    struct Statement {
        let isDeny: Bool
        let principals: [String]
        let actions: [String]
        let resources: [String]
        /// `Bool` → `aws:SecureTransport` → values.
        let conditions: AWSDocument

        /// Whether it lets in who shows a token of an OpenID provider.
        var isForWebIdentities: Bool {
            actions.contains { action in
                action.lowercased() == "sts:assumerolewithwebidentity"
                    || (action.contains(where: "*?".contains)
                        && principals.contains { $0 == "*" || $0.contains(":oidc-provider/") })
            }
        }

        /// Whom such a token may name: values of conditions that hold only for some.
        var subjects: [String] {
            conditions.children.filter { test in
                let name = test.name.replacing("ForAnyValue:", with: "")
                return ["StringEquals", "StringEqualsIgnoreCase", "StringLike"].contains(name)
            }.flatMap(\.children).filter { $0.name.lowercased().hasSuffix(":sub") }.flatMap {
                PolicyDocument.strings($0)
            }
        }
    }

    let statements: [Statement]

    /// - Parameter text: JSON, plain or percent-encoded. - Throws: `AWSError.unreadable`.
    init(_ text: String, action: String) throws {
        let plain = text.hasPrefix("%7B") || text.hasPrefix("%7b") ? text.removingPercentEncoding ?? text : text
        self.init(try AWSDocument(json: plain.utf8, action: action))
    }

    init(_ document: AWSDocument) {
        statements = Self.elements(document["Statement"]).map { statement in
            Statement(
                isDeny: statement.text("Effect") == "Deny", principals: Self.principals(statement["Principal"]),
                actions: Self.strings(statement["Action"]), resources: Self.strings(statement["Resource"]),
                conditions: statement["Condition"] ?? .empty)
        }
    }

    /// Whether everybody is denied everything over plain HTTP, in the whole bucket.
    func deniesPlainHTTP(to bucket: String) -> Bool {
        let denials = statements.filter { statement in
            statement.isDeny && statement.principals.contains("*") && statement.conditions.children.count == 1
                && statement.actions.contains { ["s3:*", "*"].contains($0) }
                && Self.isPlain(statement.conditions["Bool"])
        }
        let covered = Set(denials.flatMap(\.resources))
        return ["", "/*"].allSatisfy { end in covered.contains { $0.hasSuffix(":::\(bucket)\(end)") || $0 == "*" } }
    }

    private static func isPlain(_ condition: AWSDocument?) -> Bool {
        guard let condition, condition.children.count == 1, let test = condition.children.first else { return false }
        return test.name.lowercased() == "aws:securetransport" && strings(test) == ["false"]
    }

    /// Services, federated providers, roles and `*`.
    private static func principals(_ document: AWSDocument?) -> [String] {
        guard let document else { return [] }
        return document.text.isEmpty ? document.children.flatMap { strings($0) } : [document.text]
    }

    /// The elements of a list, or the only one that stands in place of a list.
    private static func elements(_ document: AWSDocument?) -> [AWSDocument] {
        guard let document else { return [] }
        let isList = !document.children.isEmpty && document.children.allSatisfy { $0.name == "member" }
        return isList ? document.children : [document]
    }

    fileprivate static func strings(_ document: AWSDocument?) -> [String] { elements(document).map(\.text) }
}
