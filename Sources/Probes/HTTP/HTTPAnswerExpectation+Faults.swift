import OpsModel

extension HTTPAnswerExpectation {
    struct Fault {
        let text: String
        let reason: CheckReason
    }

    /// The first thing that does not hold; for steps, whose parts are no checks of their own.
    func firstFault(of answer: HTTPAnswer) -> Fault? {
        guard statuses.contains(answer.status) else {
            return Fault(text: "status \(answer.status), expected \(statuses.text)", reason: .status)
        }
        if let fault = headerFaults(of: answer).first { return Fault(text: fault, reason: .mismatch) }
        if let fault = body?.faults(of: answer).first { return Fault(text: fault, reason: .body) }
        return jsonFaults(of: answer).first.map { Fault(text: $0, reason: .body) }
    }

    func headerFaults(of answer: HTTPAnswer) -> [String] {
        headers.sorted { $0.key < $1.key }.compactMap { name, matcher in
            let value = answer.headers[name.lowercased()]
            return matcher.asText.fault(of: value.map { .string(printable($0)) }).map { "\(name): \($0)" }
        }
    }

    var headerText: String {
        headers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.asText.text)" }.joined(separator: ", ")
    }

    func jsonFaults(of answer: HTTPAnswer) -> [String] {
        guard !json.isEmpty else { return [] }
        let document: JSONValue
        do { document = try JSONValue(parsing: answer.body.utf8) } catch { return ["the body is not JSON"] }
        return json.sorted { $0.key < $1.key }.compactMap { pointer, matcher in
            matcher.fault(of: document.at(pointer)).map { "\(pointer.isEmpty ? "the document" : pointer) is \($0)" }
        }
    }

    var jsonText: String {
        json.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.text)" }.joined(separator: ", ")
    }
}

/// A header's value; one that is a URL, such as `location`, can hold secrets.
private func printable(_ value: String) -> String { value.contains("://") ? storableURL(value) : value }

extension ValueMatcher {
    /// The same for values that have no type, such as headers.
    var asText: ValueMatcher {
        var copy = self
        copy.equals = equals.map { .string($0.text) }
        copy.notEquals = notEquals.map { .string($0.text) }
        return copy
    }
}

extension HTTPBodyExpectation {
    func faults(of answer: HTTPAnswer) -> [String] {
        var faults: [String] = []
        for part in contains where !answer.body.contains(part) {
            faults.append("\(answer.byteCount) bytes without `\(part)`")
        }
        for part in notContains where answer.body.contains(part) { faults.append("contains `\(part)`") }
        if let matches, !textMatches(answer.body, matches) { faults.append("does not match `\(matches)`") }
        if let sha256, answer.sha256 != sha256 { faults.append("SHA-256 \(answer.sha256)") }
        if let minimumBytes, answer.byteCount < minimumBytes { faults.append("\(answer.byteCount) bytes") }
        if let maximumBytes, answer.byteCount > maximumBytes { faults.append("\(answer.byteCount) bytes") }
        return faults
    }

    /// Whether the text of the whole body is needed to tell.
    var readsText: Bool { !contains.isEmpty || !notContains.isEmpty || matches != nil }

    var text: String {
        let parts =
            contains.map { "contains `\($0)`" } + notContains.map { "does not contain `\($0)`" }
            + [
                matches.map { "matches `\($0)`" }, sha256.map { "SHA-256 \($0)" },
                minimumBytes.map { "at least \($0) bytes" }, maximumBytes.map { "at most \($0) bytes" },
            ].compactMap { $0 }
        return parts.joined(separator: " and ")
    }
}
