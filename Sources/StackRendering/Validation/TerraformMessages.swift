import Foundation

/// A message of Terraform, as `init -json` and `validate -json` print it.
struct TerraformMessage: Decodable {
    struct Range: Decodable {
        struct Position: Decodable {
            let line: Int
            let column: Int
        }
        let filename: String
        let start: Position
    }

    let severity: String
    let summary: String
    let detail: String?
    let range: Range?

    var isError: Bool { severity == "error" }
}

/// What Terraform said and what follows from it.
struct TerraformMessages {
    let messages: [TerraformMessage]

    /// The lines of `init -json`; whatever else stands between them is skipped.
    init(lines output: String) {
        struct Line: Decodable { let diagnostic: TerraformMessage? }
        messages = output.split(whereSeparator: \.isNewline).compactMap { line in
            do { return try JSONDecoder().decode(Line.self, from: Data(line.utf8)).diagnostic } catch {
                return nil  // not a message: the exit status decides whether there was an error
            }
        }
    }

    /// The document of `validate -json`; nil when it is none.
    init?(document output: String) {
        struct Document: Decodable { let diagnostics: [TerraformMessage] }
        do { messages = try JSONDecoder().decode(Document.self, from: Data(output.utf8)).diagnostics } catch {
            return nil
        }
    }

    /// An error with a place in a file is a fault of the files; one without is a fault of the machine.
    var hasFaultyFile: Bool { messages.contains { $0.isError && $0.range != nil } }

    /// A module that the files name is not there; Terraform gives no place for that.
    var hasMissingModule: Bool { messages.contains { $0.isError && $0.summary == "Unreadable module directory" } }

    func findings(in folder: String) -> [StackCheck.Finding] {
        messages.map { message in
            let place = message.range.map { range in
                "\(joined(folder, range.filename)):\(range.start.line):\(range.start.column)"
            }
            return StackCheck.Finding(
                message.isError ? .error : .warning, place: place ?? folder, what: message.summary,
                why: (message.detail ?? "").split(whereSeparator: \.isNewline).joined(separator: " "))
        }
    }
}

/// `a/b/c` and `../d` make `a/b/d`.
private func joined(_ folder: String, _ relative: String) -> String {
    var parts = folder.split(separator: "/").map(String.init)
    for step in relative.split(separator: "/") where step != "." {
        if step == "..", !parts.isEmpty { parts.removeLast() } else { parts.append(String(step)) }
    }
    return (folder.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
}
