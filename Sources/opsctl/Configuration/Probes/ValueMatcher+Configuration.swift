import OpsConfiguration
import Probes

extension ValueMatcher {
    /// A text is a part that must be there; a mapping says more.
    init(text value: ConfigurationValue) throws {
        if case .scalar(let text) = value.content {
            self = .containing(text)
        } else {
            try self.init(members: value)
            equals = value["equals"].map { .string($0.string) }
            notEquals = value["not_equals"].map { .string($0.string) }
        }
    }

    /// A scalar is the value that must stand there, with its type; a mapping says more.
    init(json value: ConfigurationValue) throws {
        if case .scalar(let text) = value.content {
            self = .equal(to: JSONValue(scalar: text))
            return
        }
        try self.init(members: value)
        let isText = value["type"] != nil
        equals = value["equals"].map { isText ? .string($0.string) : JSONValue(scalar: $0.string) }
        notEquals = value["not_equals"].map { isText ? .string($0.string) : JSONValue(scalar: $0.string) }
        (greaterThan, lessThan) = (value["greater_than"]?.number, value["less_than"]?.number)
        (atLeast, atMost) = (value["at_least"]?.number, value["at_most"]?.number)
        length = value["length"]?.integer
    }

    private init(members value: ConfigurationValue) throws {
        self.init()
        if value.entries.isEmpty {
            throw ConfigurationError([value.problem("nothing is asked for", fix: "add `equals` or another key")])
        }
        matches = try value["matches"].map { try $0.pattern() }
        (contains, exists) = (value["contains"]?.string, value["exists"]?.boolean)
        semver = value["semver"]?.string
        if let range = value["semver"], VersionRange(range.string) == nil {
            throw ConfigurationError([
                range.problem("`\(range.string)` compares no versions", fix: "write for example \">=1.2 <2\"")
            ])
        }
    }
}

extension ConfigurationValue {
    /// A regular expression. - Throws: `ConfigurationError` for what is none.
    func pattern() throws -> String {
        guard isPattern(string) else {
            throw ConfigurationError([
                problem("`\(string)` is no regular expression", fix: "escape its special characters with \\")
            ])
        }
        return string
    }

    /// Codes, classes and ranges of statuses.
    func statuses() throws -> StatusSet {
        guard let statuses = StatusSet(strings) else {
            throw ConfigurationError([
                problem("a range of statuses ends before it begins", fix: "write for example [200, 3xx, 400-404]")
            ])
        }
        return statuses
    }
}
