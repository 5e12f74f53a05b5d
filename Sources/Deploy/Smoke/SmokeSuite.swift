import Foundation
package import HTTPClient
import OpsModel

/// Runs smoke steps in order against one address; the first step that does not pass ends it.
package struct SmokeSuite: Sendable {
    /// Where the suite is sent, and how the answers prove who gave them.
    package struct Subject: Sendable {
        package let url: String
        package let headers: [(name: String, value: String)]
        /// Header and value that every response must carry; nil when asked directly.
        package let proof: (name: String, value: String)?

        package init(
            url: String, headers: [(name: String, value: String)] = [], proof: (name: String, value: String)? = nil
        ) {
            (self.url, self.headers, self.proof) = (url, headers, proof)
        }
    }

    private let steps: [SmokeStep]
    private let http: HTTPClient

    package init(_ steps: [SmokeStep], http: HTTPClient) { (self.steps, self.http) = (steps, http) }

    package func run(against subject: Subject, clock: any Clock<Duration> = ContinuousClock()) async throws
        -> [SmokeResult]
    {
        var results: [SmokeResult] = []
        var captured: [String: String] = [:]
        for step in steps {
            let start = ContinuousClock.now
            let answer = try await answer(step, subject, captured, clock)
            results.append(
                SmokeResult(
                    step: step.name, verdict: answer.verdict, observed: answer.observed,
                    elapsedMilliseconds: (ContinuousClock.now - start).milliseconds))
            guard answer.verdict == .pass else { break }
            captured.merge(answer.captured) { $1 }
        }
        return results
    }

    private struct Answer {
        var verdict: Verdict
        var observed: String
        var captured: [String: String] = [:]
    }

    private func answer(
        _ step: SmokeStep, _ subject: Subject, _ captured: [String: String], _ clock: any Clock<Duration>
    ) async throws -> Answer {
        let deadline = ContinuousClock.now + (step.retry?.deadline ?? .zero)
        while true {
            let answer = try await once(step, subject, captured)
            guard let retry = step.retry, answer.verdict == .fail, ContinuousClock.now < deadline else { return answer }
            try await clock.sleep(for: retry.interval)
        }
    }

    private func once(_ step: SmokeStep, _ subject: Subject, _ captured: [String: String]) async throws -> Answer {
        guard let request = request(step, subject, captured) else {
            return Answer(
                verdict: .inconclusive, observed: "an earlier step captured no value for \(step.request.path)")
        }
        do {
            return try judge(step, try await http.send(request), subject)
        } catch HTTPError.cancelled {
            throw CancellationError()
        } catch let error as HTTPError {
            if case .file = error { return Answer(verdict: .inconclusive, observed: error.diagnostic.why) }
            return Answer(verdict: .fail, observed: "\(error.diagnostic.what): \(error.diagnostic.why)")
        }
    }

    private func request(_ step: SmokeStep, _ subject: Subject, _ captured: [String: String]) -> HTTPRequest? {
        func filled(_ text: String) -> String {
            captured.reduce(text) { $0.replacing("${capture:\($1.key)}", with: $1.value) }
        }
        let path = filled(step.request.path)
        guard !path.contains("${capture:") else { return nil }
        let body: HTTPBody =
            if let file = step.request.file { .file(path: file) } else {
                step.request.body.map { .bytes(Array(filled($0).utf8)) } ?? .none
            }
        let headers = step.request.headers.sorted { $0.key < $1.key }.map { (name: $0.key, value: filled($0.value)) }
        // An absolute URL that the service gave out is asked at the subject all the same: its path and query count.
        let target = path.hasPrefix("/") ? path : Self.pathAndQuery(path)
        return HTTPRequest(
            step.request.method, subject.url + target, headers: headers + subject.headers, body: body,
            sink: .memory(limit: 512 << 20),
            timeout: step.expectation.within)
    }

    private static func pathAndQuery(_ url: String) -> String {
        guard let parts = URLComponents(string: url) else { return "/\(url)" }
        return parts.percentEncodedPath + (parts.percentEncodedQuery.map { "?\($0)" } ?? "")
    }

    private func judge(_ step: SmokeStep, _ response: HTTPResponse, _ subject: Subject) throws -> Answer {
        if let proof = subject.proof, response.header(proof.name) != proof.value {
            let found = response.header(proof.name) ?? "nothing"
            return Answer(verdict: .fail, observed: "answered by \(found), expected \(proof.value)")
        }
        do {
            if let fault = try step.expectation.fault(in: response) { return Answer(verdict: .fail, observed: fault) }
            var captured: [String: String] = [:]
            for (name, pointer) in step.captures {
                guard let value = try JSONPointer.text(at: pointer, in: response.body) else {
                    return Answer(verdict: .fail, observed: "nothing stands at \(pointer)")
                }
                captured[name] = value
            }
            return Answer(
                verdict: .pass, observed: "\(response.status), \(response.body.count) bytes", captured: captured)
        } catch let error as JSONPointer.Unreadable {
            return Answer(verdict: .fail, observed: error.why)
        }
    }
}

extension SmokeStep.Expectation {
    /// What does not hold; nil when all does.
    func fault(in response: HTTPResponse) throws -> String? {
        guard statuses.contains(response.status) else {
            return
                "status \(response.status), expected \(statuses.map(String.init).joined(separator: " or ")): \(response.text.prefix(200))"
        }
        for (name, part) in headers.sorted(by: { $0.key < $1.key }) where response.header(name)?.contains(part) != true
        {
            return "header \(name) is \(response.header(name) ?? "missing"), expected `\(part)`"
        }
        for (pointer, wanted) in json.sorted(by: { $0.key < $1.key }) {
            let found = try JSONPointer.text(at: pointer, in: response.body)
            if found != wanted { return "\(pointer) is \(found ?? "missing"), expected \(wanted)" }
        }
        if let part = bodyContains, !response.text.contains(part) { return "the body does not contain `\(part)`" }
        if let start = bodyBegins, !response.body.starts(with: start.utf8) {
            return "the body does not begin with `\(start)`"
        }
        guard let file = smallerThan else { return nil }
        let size = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int
        guard let size else { return "cannot see the size of \(file)" }
        return response.body.count < size ? nil : "\(response.body.count) bytes, not smaller than \(size)"
    }
}
