/// A page for a pull request. Hosts refuse comments above 65,536 characters: what does not fit is counted instead.
struct MarkdownPage {
    struct Section {
        let title: String
        /// Whole pieces, the most important first; each ends up on the page or not at all.
        let blocks: [String]
        var isOpen = false
    }

    static let limit = 60_000
    /// Room for the notice and the end of a section.
    private static let reserve = 400

    let head: [String]
    let sections: [Section]
    /// Where the rest can be read.
    let rest: String

    var text: String {
        var page = head.joined(separator: "\n")
        var missing = 0
        for section in sections where !section.blocks.isEmpty {
            var body =
                "\n\n<details\(section.isOpen ? " open" : "")><summary>\(Self.escaped(section.title))</summary>\n"
            var shown = 0
            for block in section.blocks {
                let size = page.utf8.count + body.utf8.count + block.utf8.count
                guard size + Self.reserve <= Self.limit else { break }
                body += "\n\(block)"
                shown += 1
            }
            missing += section.blocks.count - shown
            if shown > 0 { page += body + "\n\n</details>" }
        }
        return missing == 0 ? page : page + "\n\n**\(missing) more did not fit here.** \(rest)"
    }

    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }

    /// Code that cannot end its own span.
    static func code(_ text: String) -> String { "`\(text.replacing("`", with: "'").replacing("\n", with: " "))`" }

    static func row(_ cells: [String]) -> String { "| \(cells.map(GitHub.cell).joined(separator: " | ")) |" }

    /// A block in the colours of a difference.
    static func difference(_ lines: [String]) -> String {
        "```diff\n" + lines.map { $0.replacing("```", with: "'''") }.joined(separator: "\n") + "\n```"
    }

    /// Long values, cut for people.
    static func short(_ text: String, _ limit: Int = 160) -> String {
        text.count <= limit ? text : "\(text.prefix(limit))…"
    }
}
