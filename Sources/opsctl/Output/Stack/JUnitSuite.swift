import OpsModel

/// A suite of a JUnit document whose cases are already judged.
struct JUnitSuite {
    enum Outcome {
        case pass
        /// Passed, with something to read.
        case note(String)
        case skipped(String)
        case failure(String)
        /// Could not look.
        case error(String)
    }

    struct Case {
        let name: String
        let outcome: Outcome
    }

    let name: String
    let cases: [Case]

    static func document(_ name: String, _ suites: [JUnitSuite]) -> String {
        let all = suites.flatMap(\.cases)
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites name="\(JUnit.escaped(name))" \(counts(all))>
            \(suites.map(\.element).joined(separator: "\n"))
            </testsuites>
            """
    }

    private var element: String {
        let head = "  <testsuite name=\"\(JUnit.escaped(name))\" \(Self.counts(cases))>"
        return ([head] + cases.map { Self.element($0, suite: name) } + ["  </testsuite>"]).joined(separator: "\n")
    }

    private static func counts(_ cases: [Case]) -> String {
        func count(_ kind: String) -> Int { cases.count { $0.outcome.kind == kind } }
        return "tests=\"\(cases.count)\" failures=\"\(count("failure"))\" errors=\"\(count("error"))\" "
            + "skipped=\"\(count("skipped"))\""
    }

    private static func element(_ test: Case, suite: String) -> String {
        let head = "    <testcase classname=\"\(JUnit.escaped(suite))\" name=\"\(JUnit.escaped(test.name))\" time=\"0\""
        guard let text = test.outcome.text, let kind = test.outcome.kind else { return head + "/>" }
        let first = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        let inner =
            switch kind {
            case "system-out": "<system-out>\(JUnit.escaped(text))</system-out>"
            case "skipped": "<skipped message=\"\(JUnit.escaped(first))\"/>"
            default: "<\(kind) message=\"\(JUnit.escaped(first))\">\(JUnit.escaped(text))</\(kind)>"
            }
        return "\(head)>\n      \(inner)\n    </testcase>"
    }
}

extension JUnitSuite.Outcome {
    /// The element of the document; nil for a plain pass.
    fileprivate var kind: String? {
        switch self {
        case .pass: nil
        case .note: "system-out"
        case .skipped: "skipped"
        case .failure: "failure"
        case .error: "error"
        }
    }

    fileprivate var text: String? {
        switch self {
        case .pass: nil
        case .note(let text), .skipped(let text), .failure(let text), .error(let text): text
        }
    }
}
