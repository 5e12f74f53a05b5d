/// A CSV or space-separated table as the Runtime API prints it, read by column names: positions differ between versions.
package struct HAProxyTable: Sendable {
    package let columns: [String]
    package let rows: [[String: String]]

    /// `show stat`: CSV whose header line begins with `# `.
    package init(csv text: String) throws(HAProxyError) {
        try self.init(text, separator: ",")
    }

    /// `show servers conn`, `show servers state`: the header line begins with `# `; a lone version line before it is skipped.
    package init(spaced text: String) throws(HAProxyError) {
        try self.init(text, separator: " ")
    }

    private init(_ text: String, separator: Character) throws(HAProxyError) {
        let lines = text.split(separator: "\n").map(String.init)
        guard let start = lines.firstIndex(where: { $0.hasPrefix("# ") }) else {
            throw .unreadable(what: "table", text: String(text.prefix(120)))
        }
        let names = lines[start].dropFirst(2).split(separator: separator, omittingEmptySubsequences: separator == " ")
            .map(String.init)
        columns = names
        rows = lines[(start + 1)...].map { line in
            let cells = line.split(separator: separator, omittingEmptySubsequences: separator == " ").map(String.init)
            return Dictionary(zip(names, cells).filter { !$0.0.isEmpty }, uniquingKeysWith: { first, _ in first })
        }
    }
}
