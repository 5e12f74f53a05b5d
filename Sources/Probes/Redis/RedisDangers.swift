/// Finds in the command rules of a Redis user what an ordinary user does not need: what reaches beyond its own keys.
///
/// Categories are those of `ACL CAT` of Redis 7. Of a command with subcommands only the perilous ones are known here.
enum RedisDangers {
    /// Rules count in the order they stand in: a later one takes back what an earlier one gave.
    static func words(of commands: String) -> [String] {
        var grants: [(word: String, commands: Set<String>)] = []
        let words = commands.lowercased().split(separator: " ").map(String.init)
        let leftovers = leftovers(in: words)
        for word in words where !leftovers.contains(word) {
            switch word {
            case "-@all", "nocommands": grants = []
            case "+@all", "allcommands": grants = [("+@all", dangerous)]
            // What it leaves of a category, scripts, runs with the rights of the user.
            case "-@dangerous": grants = taking(dangerous, from: grants.filter { !$0.word.hasPrefix("+@") })
            case _ where word.hasPrefix("+"):
                let given = granted(by: word.dropFirst())
                grants.removeAll { $0.word == word }
                if !given.isEmpty { grants.append((word, given)) }
            case _ where word.hasPrefix("-"): grants = taking(members(of: word.dropFirst()), from: grants)
            default: break
            }
        }
        return grants.map(\.word)
    }

    /// Redis 7.0 tells rules in words of its own, `-@dangerous` as the commands that are left: what it lists of a
    /// category is judged like the category. Words that no person writes give it away.
    private static func leftovers(in words: [String]) -> Set<String> {
        var leftovers: Set<String> = []
        if words.contains("-xgroup|help") {
            leftovers = [
                "+function|delete", "+function|flush", "+function|load", "+function|restore", "+migrate", "+restore",
                "+restore-asking",
            ]
        }
        if words.contains("-restore-asking") { leftovers.formUnion(["+@scripting", "+function", "+script"]) }
        return leftovers
    }

    private static func taking(
        _ taken: Set<String>, from grants: [(word: String, commands: Set<String>)]
    ) -> [(word: String, commands: Set<String>)] {
        grants.map { ($0.word, $0.commands.subtracting(taken)) }.filter { !$0.1.isEmpty }
    }

    /// Rules that take these back, with what a probing user needs of `@dangerous`.
    static func remedy(for words: [String]) -> String {
        let scripts = words.filter { granted(by: $0.dropFirst()).isSubset(of: scripting) }
        let rest = scripts.count == words.count ? [] : ["-@dangerous", "+info", "+acl|getuser"]
        return (rest + scripts.map { "-\($0.dropFirst())" }).joined(separator: " ")
    }

    /// A category of which most is harmless is not held against a user for KEYS and what the key patterns limit.
    private static func granted(by name: Substring) -> Set<String> {
        guard name.hasPrefix("@"), name != "@dangerous" else { return members(of: name) }
        return members(of: name).subtracting(tolerated)
    }

    /// The perilous commands that a command, a subcommand or a category stands for.
    private static func members(of name: Substring) -> Set<String> {
        if let category = categories[String(name)] { return category }
        return everything.filter { $0 == name || $0.hasPrefix("\(name)|") }
    }

    private static let wiping: Set<String> = ["flushall", "flushdb", "swapdb"]
    private static let tolerated: Set<String> = ["keys", "migrate", "restore", "restore-asking"]
    private static let clients: Set<String> = ["client|kill", "client|pause", "client|no-evict"]
    private static let administration: Set<String> = clients.union([
        "acl|setuser", "acl|deluser", "acl|load", "acl|save", "cluster|addslots", "cluster|addslotsrange",
        "cluster|bumpepoch", "cluster|delslots", "cluster|delslotsrange", "cluster|failover", "cluster|flushslots",
        "cluster|forget", "cluster|meet", "cluster|replicate", "cluster|reset", "cluster|saveconfig",
        "cluster|set-config-epoch", "cluster|setslot", "config|get", "config|resetstat", "config|rewrite", "config|set",
        "debug", "failover", "module|load", "module|loadex", "module|unload", "monitor", "pfdebug", "psync",
        "replconf", "replicaof", "save", "shutdown", "slaveof", "sync",
    ])
    private static let scripting: Set<String> = [
        "function|delete", "function|flush", "function|kill", "function|load", "function|restore", "script|flush",
        "script|kill", "script|load", "script|debug",
    ]
    private static let dangerous = administration.union(wiping).union(tolerated)
    private static let everything = dangerous.union(scripting)

    private static let categories: [String: Set<String>] = [
        "@dangerous": dangerous, "@admin": administration, "@scripting": scripting,
        "@write": wiping.union(["migrate", "restore", "restore-asking"]), "@keyspace": wiping.union(tolerated),
        "@slow": dangerous.subtracting(["swapdb"]), "@fast": ["swapdb"], "@connection": clients,
        "@read": ["keys"],
    ]
}
