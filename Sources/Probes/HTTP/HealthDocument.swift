/// A service's word on itself: application/health+json (draft-inadarei-api-health-check-06), or a `status` with
/// `components` as Spring's actuators write it.
struct HealthDocument {
    enum Verdict: Int { case pass, warn, fail }

    /// Of the whole; `warn` where it says pass of itself and worse of a component.
    let verdict: Verdict
    private let word: String
    /// Components that do not pass, with what they say.
    private let troubles: [String]

    /// nil for what is no such document.
    init?(_ body: String) {
        let document: JSONValue
        do { document = try JSONValue(parsing: body.utf8) } catch { return nil }
        guard case .object(let members) = document, case .string(let word)? = members["status"],
            let own = Self.verdict(word)
        else { return nil }
        var found: [(name: String, verdict: Verdict, text: String)] = []
        for key in ["checks", "components", "details"] {
            guard case .object(let parts)? = members[key] else { continue }
            for (name, part) in parts.sorted(by: { $0.key < $1.key }) { found += Self.troubles(of: part, named: name) }
        }
        self.word = word
        troubles = found.map(\.text)
        verdict = own == .pass && !found.isEmpty ? .warn : own
    }

    var story: String { troubles.isEmpty ? word : "\(word): \(troubles.joined(separator: ", "))" }

    private static func verdict(_ word: String) -> Verdict? {
        switch word.lowercased() {
        case "pass", "ok", "up": .pass
        case "warn", "warning", "degraded": .warn
        case "fail", "error", "down", "out_of_service": .fail
        default: nil
        }
    }

    private static func troubles(of part: JSONValue, named name: String) -> [(String, Verdict, String)] {
        switch part {
        case .array(let elements): return elements.flatMap { troubles(of: $0, named: name) }
        case .object(let members):
            guard case .string(let word)? = members["status"], let verdict = verdict(word), verdict != .pass else {
                return []
            }
            let id = members["componentId"].map { " \($0.text)" } ?? ""
            let output = members["output"].map { " (\($0.text.prefix(80)))" } ?? ""
            return [(name, verdict, "\(name)\(id) \(word)\(output)")]
        case .null, .boolean, .number, .string: return []
        }
    }
}
