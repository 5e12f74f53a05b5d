import Foundation
import HTTPClient
import OpsModel

extension SmokeStep.Request {
    /// Captures that nothing was captured for.
    struct Unfilled: Error, Equatable { let names: [String] }

    /// The request with its captures filled in.
    /// - Throws: `Unfilled`, `SmokeForm.Failure`.
    func message(to subject: SmokeSuite.Subject, _ captured: [String: String]) throws -> HTTPRequest {
        let missing = captureNames.subtracting(captured.keys)
        guard missing.isEmpty else { throw Unfilled(names: missing.sorted()) }
        func fill(_ text: String) -> String {
            // In one pass: what was captured is text, also where it looks like a capture.
            text.replacing(#/\$\{capture:([^}]+)\}/#) { captured[String($0.output.1)] ?? String($0.output.0) }
        }
        var all = headers.sorted { $0.key < $1.key }.map { (name: $0.key, value: fill($0.value)) }
        var content: HTTPBody = .none
        if let file {
            content = .file(path: file)
        } else if let body {
            content = .bytes(Array(fill(body).utf8))
        } else if !form.isEmpty {
            let written = try SmokeForm.write(form, filling: fill)
            content = .bytes(written.body)
            all.append(("Content-Type", written.type))
        }
        // An absolute URL that the service gave out is asked at the subject all the same: its path and query count.
        let place = fill(path)
        let target = place.hasPrefix("/") ? place : Self.pathAndQuery(place)
        return HTTPRequest(
            method, subject.url + target, headers: all + subject.headers, body: content,
            sink: .memory(limit: 512 << 20))
    }

    private var captureNames: Set<String> {
        let values = form.compactMap { if case .value(let text) = $0.content { text } else { nil } }
        let texts = [path] + Array(headers.values) + [body ?? ""] + values
        return Set(texts.flatMap { $0.matches(of: #/\$\{capture:([^}]+)\}/#).map { String($0.1) } })
    }

    /// Captures that go into headers, bodies or forms: there they are tokens, and must not show.
    var hiddenCaptures: Set<String> {
        var other = self
        other.path = "/"
        return other.captureNames
    }

    private static func pathAndQuery(_ url: String) -> String {
        guard let parts = URLComponents(string: url) else { return "/\(url)" }
        // What stands before the first `/` would become a part of the subject's host.
        let path = parts.percentEncodedPath
        return (path.hasPrefix("/") ? path : "/\(path)") + (parts.percentEncodedQuery.map { "?\($0)" } ?? "")
    }
}
