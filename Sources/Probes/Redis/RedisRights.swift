import RedisClient

/// What `ACL GETUSER` says of a user, without its password digests.
package struct RedisRights: Codable, Sendable, Equatable {
    package enum Answer: Codable, Sendable, Equatable {
        case rights(RedisRights)
        /// The server knows no such user.
        case noSuchUser
        case refused(String)
    }

    /// Commands and key patterns that hold together: the user's own rule, or one of its selectors.
    package struct Rule: Codable, Sendable, Equatable {
        /// `-@all +ping +get`.
        package var commands: String
        /// `~app:* %R~shared:*`.
        package var keys: String
    }

    package var flags: [String]
    /// The user's own rule first, then its selectors.
    package var rules: [Rule]

    package var isOn: Bool { flags.contains("on") }
    package var needsNoPassword: Bool { flags.contains("nopass") }
    package var reachesAllKeys: Bool {
        flags.contains("allkeys")
            || rules.contains { rule in
                rule.keys.split(separator: " ").contains { ["~*", "%RW~*", "%W~*", "%R~*", "*"].contains($0) }
            }
    }

    /// Rights that an ordinary user does not need, as the rules spell them.
    package var dangers: [String] { rules.flatMap { RedisDangers.words(of: $0.commands) } }
}

extension RedisRights.Answer {
    init(_ value: RedisValue) {
        switch value {
        case .error(let text): self = .refused(text)
        case .null: self = .noSuchUser
        case .array(let items):
            let fields = Self.fields(items)
            let selectors = fields["selectors"]?.elements.map { RedisRights.Rule(Self.fields($0.elements)) } ?? []
            self = .rights(
                RedisRights(
                    flags: fields["flags"]?.elements.compactMap(\.text) ?? [],
                    rules: [RedisRights.Rule(fields)] + selectors))
        case .string, .status, .integer: self = .refused("not an answer to ACL GETUSER")
        }
    }

    private static func fields(_ items: [RedisValue]) -> [String: RedisValue] {
        var fields: [String: RedisValue] = [:]
        for index in stride(from: 0, to: items.count - 1, by: 2) {
            if let name = items[index].text { fields[name] = items[index + 1] }
        }
        return fields
    }
}

extension RedisRights.Rule {
    /// Redis 6 lists the key patterns, later ones join them.
    fileprivate init(_ fields: [String: RedisValue]) {
        let keys = fields["keys"]
        self.init(
            commands: fields["commands"]?.text ?? "",
            keys: keys?.text ?? keys?.elements.compactMap(\.text).joined(separator: " ") ?? "")
    }
}

extension RedisValue {
    var elements: [RedisValue] {
        if case .array(let items) = self { items } else { [] }
    }
}
