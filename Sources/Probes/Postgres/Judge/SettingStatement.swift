/// The statement that gives a server a setting's value.
struct SettingStatement {
    /// Said behind it: such servers refuse ALTER SYSTEM.
    static let managed = "on managed servers: in the parameter group"

    /// Settings whose items the server quotes one by one: a list in one literal becomes one long name, and a server that is to
    /// load a library of that name does not start again. (GUC_LIST_QUOTE in guc_tables.c.)
    private static let quotedLists: Set = [
        "local_preload_libraries", "search_path", "session_preload_libraries", "shared_preload_libraries",
        "temp_tablespaces", "unix_socket_directories",
    ]

    let name: String
    let value: String

    var text: String {
        let isList = Self.quotedLists.contains(name.lowercased())
        let items = isList ? Self.items(value) : [value]
        // An empty literal in such a list is the name "".
        guard !items.isEmpty else { return "ALTER SYSTEM RESET \(name)" }
        return "ALTER SYSTEM SET \(name) = \(items.map(quotedLiteral).joined(separator: ", "))"
    }

    /// `"$user", public` as `$user` and `public`.
    private static func items(_ list: String) -> [String] {
        var (items, item, isQuoted) = ([String](), "", false)
        for character in list {
            if character == "\"" { isQuoted.toggle() }
            if character == ",", !isQuoted {
                items.append(item)
                item = ""
            } else {
                item.append(character)
            }
        }
        return (items + [item]).map(trimmed).filter { !$0.isEmpty }
    }

    private static func trimmed(_ item: String) -> String {
        let text = String(item.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
        guard text.count > 1, text.hasPrefix("\""), text.hasSuffix("\"") else { return text }
        return String(text.dropFirst().dropLast()).replacing("\"\"", with: "\"")
    }
}

/// A text as SQL takes it: `'a''b'`.
func quotedLiteral(_ text: String) -> String { "'\(text.replacing("'", with: "''"))'" }
