import Foundation
import HTTPClient
import OpsModel

extension SmokeStep.Expectation {
    /// What does not hold; nil when all does.
    /// - Throws: `JSONPointer.Unreadable`; an error of Foundation when `smallerThan` is not there.
    func fault(in response: HTTPResponse) throws -> String? {
        if let fault = fault(status: response.status, header: response.header) {
            return statuses.contains(response.status) ? fault : "\(fault): \(response.text.prefix(200))"
        }
        for (pointer, matcher) in json.sorted(by: { $0.key < $1.key }) {
            if let fault = matcher.fault(of: try JSONPointer.value(at: pointer, in: response.body)) {
                return "\(pointer) is \(fault)"
            }
        }
        if let fault = fault(body: response) { return fault }
        guard let file = smallerThan else { return nil }
        let size = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int
        guard let size else { return "cannot see the size of \(file)" }
        return response.body.count < size ? nil : "\(response.body.count) bytes, not smaller than \(size)"
    }

    /// The part that is known before the body.
    func fault(status: Int, header: (String) -> String?) -> String? {
        guard statuses.contains(status) else {
            return "status \(status), expected \(statuses.map(String.init).joined(separator: " or "))"
        }
        for (name, matcher) in headers.sorted(by: { $0.key < $1.key }) {
            if let fault = matcher.fault(of: header(name).map { .string($0) }) { return "header \(name) is \(fault)" }
        }
        return nil
    }

    private func fault(body response: HTTPResponse) -> String? {
        // The text of a large file is made only where somebody asks for it.
        if bodyContains != nil || bodyMatches != nil || !bodyNotContains.isEmpty {
            let text = response.text
            if let part = bodyContains, !text.contains(part) { return "the body does not contain `\(part)`" }
            if let part = bodyNotContains.first(where: text.contains) { return "the body contains `\(part)`" }
            if let pattern = bodyMatches, !textMatches(text, pattern) { return "the body does not match `\(pattern)`" }
        }
        if let start = bodyBegins, !response.body.starts(with: start.utf8) {
            return "the body does not begin with `\(start)`"
        }
        return nil
    }
}

extension SmokeCapture {
    /// The value; nil when nothing is there.
    func value(in response: HTTPResponse) throws(JSONPointer.Unreadable) -> String? {
        switch self {
        case .json(let pointer): try JSONPointer.text(at: pointer, in: response.body)
        case .header(let name): response.header(name)
        case .body(let pattern): firstMatch(of: pattern, in: response.text)
        }
    }

    /// As it stands in the configuration.
    var text: String {
        switch self {
        case .json(let pointer): pointer
        case .header(let name): "header:\(name)"
        case .body(let pattern): "body:\(pattern)"
        }
    }
}
