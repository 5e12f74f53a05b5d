import AWSClient

/// A kind of AWS resource: what locates one, which questions AWS is asked about it, and what each answer settles.
package protocol AWSKind: Sendable {
    /// `aws.vpc`.
    static var kind: String { get }
    /// Keys that locate the resource; the first one's value names it in reports.
    static var locators: [String] { get }
    /// The first question finds the resource; without an answer the others are not asked.
    static var questions: [AWSQuestion] { get }
}

extension AWSKind {
    package static var settings: [AWSSetting] { questions.flatMap(\.settings) }
}

/// One question to AWS.
package struct AWSQuestion: Sendable {
    /// The right that it takes: `ec2:DescribeVpcs`.
    package let permissions: [String]
    package let settings: [AWSSetting]
    let ask: @Sendable (AWSQuestioner) async throws -> AWSDocument

    init(
        needs permissions: String..., settings: [AWSSetting] = [],
        ask: @escaping @Sendable (AWSQuestioner) async throws -> AWSDocument
    ) {
        (self.permissions, self.settings, self.ask) = (permissions, settings, ask)
    }

    /// The services that it asks.
    var services: [AWSService] {
        permissions.compactMap { AWSService(rawValue: String($0.prefix { $0 != ":" })) }
    }
}

/// Asks about one resource.
struct AWSQuestioner: Sendable {
    let session: AWSSession
    let target: AWSExpectation
    /// The answer to the first question.
    var resource = AWSDocument.empty

    var id: String { target.id }

    /// The only element at a path of the answer. - Throws: `AWSError.absent` when there is none.
    func one(_ call: AWSCall, at path: String...) async throws -> AWSDocument {
        var document = try await session.ask(call)
        for name in path {
            guard let next = document[name] else {
                throw AWSError.absent(action: call.permission, code: "no \(name)", message: "the answer is empty")
            }
            document = next
        }
        return document
    }

    /// An answer of which AWS says with an error that there is none.
    func optional(_ call: AWSCall, orNone code: String) async throws -> AWSDocument {
        do {
            return try await session.ask(call)
        } catch AWSError.absent(_, code, _) {
            return .empty
        }
    }
}
