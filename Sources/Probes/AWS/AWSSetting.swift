import AWSClient

/// One setting of a kind of resource: the key of a target's `expect`, the check that judges it, and how to read it.
package struct AWSSetting: Sendable {
    /// What a reader of reports has to know of it.
    struct About: Sendable {
        let question: String
        let why: String
        /// A command; `{id}`, `{name}` and the other locators stand for the target's. Empty: Terraform mends it.
        let fix: String
    }

    package let key: String
    package let form: AWSValue.Form
    let about: About
    let comparison: AWSComparison
    /// Whether `null` in a target's `expect` says that there must be none, in place of nothing.
    package let expectsNull: Bool
    /// A deviation that costs or hinders, but endangers nothing, only warns.
    let isGrave: Bool
    /// A promise that the self-test makes, and what breaks it.
    let example: AWSValue
    let flaw: (what: String, value: AWSValue)
    let read: @Sendable (AWSDocument) throws -> AWSValue

    static func flag(
        _ key: String, _ wanted: Bool, _ question: String, why: String, flaw: String, fix: String = "",
        isGrave: Bool = true, read: @escaping @Sendable (AWSDocument) throws -> Bool
    ) -> AWSSetting {
        AWSSetting(
            key: key, form: .flag, about: About(question: question, why: why, fix: fix), comparison: .equal,
            expectsNull: false, isGrave: isGrave, example: .flag(wanted), flaw: (flaw, .flag(!wanted)),
            read: { .flag(try read($0)) })
    }

    static func number(
        _ key: String, _ example: Double, _ question: String, why: String, flaw: (what: String, value: Double),
        fix: String = "", comparison: AWSComparison = .equal, isGrave: Bool = true,
        read: @escaping @Sendable (AWSDocument) throws -> Double?
    ) -> AWSSetting {
        AWSSetting(
            key: key, form: .number, about: About(question: question, why: why, fix: fix), comparison: comparison,
            expectsNull: false, isGrave: isGrave, example: .number(example), flaw: (flaw.what, .number(flaw.value)),
            read: { try read($0).map { .number($0) } ?? .none })
    }

    static func text(
        _ key: String, _ example: String, _ question: String, why: String, flaw: (what: String, value: String),
        fix: String = "", comparison: AWSComparison = .equal, expectsNull: Bool = false, isGrave: Bool = true,
        read: @escaping @Sendable (AWSDocument) throws -> String?
    ) -> AWSSetting {
        AWSSetting(
            key: key, form: .text, about: About(question: question, why: why, fix: fix), comparison: comparison,
            expectsNull: expectsNull, isGrave: isGrave, example: .text(example),
            flaw: (flaw.what, flaw.value.isEmpty ? .none : .text(flaw.value)),
            read: { try read($0).map { .text($0) } ?? .none })
    }

    static func list(
        _ key: String, _ example: [String], _ question: String, why: String, flaw: (what: String, value: [String]),
        fix: String = "", isGrave: Bool = true, read: @escaping @Sendable (AWSDocument) throws -> [String]
    ) -> AWSSetting {
        AWSSetting(
            key: key, form: .list, about: About(question: question, why: why, fix: fix), comparison: .equal,
            expectsNull: false, isGrave: isGrave, example: .list(example), flaw: (flaw.what, .list(flaw.value)),
            read: { .list(Array(Set(try read($0))).sorted()) })
    }
}
