import Foundation
import HTTPClient
import OpsModel

/// Sends single steps to one address and judges the answers.
struct SmokeSender: Sendable {
    let http: HTTPClient
    let subject: SmokeSuite.Subject
    let clock: any Clock<Duration>

    struct Answer: Sendable {
        var verdict: Verdict
        var observed: String
        var captured: [String: String] = [:]
        var response: HTTPResponse?
    }

    /// Asks again as `retry` says, never after `deadline`. - Throws: `CancellationError`.
    func send(
        _ step: SmokeStep, _ captured: [String: String], until deadline: ContinuousClock.Instant
    ) async throws -> Answer {
        let last = min(deadline, ContinuousClock.now + (step.retry?.deadline ?? .zero))
        while true {
            let answer = try await once(step, captured, deadline)
            guard let retry = step.retry, answer.verdict == .fail, ContinuousClock.now < last else { return answer }
            try await clock.sleep(for: retry.interval)
        }
    }

    private func once(
        _ step: SmokeStep, _ captured: [String: String], _ deadline: ContinuousClock.Instant
    ) async throws -> Answer {
        let left = deadline - ContinuousClock.now
        guard left > .zero else { return Answer(verdict: .fail, observed: "the time of the suite was over") }
        do {
            var request = try step.request.message(to: subject, captured)
            request.timeout = min(left, step.events?.within ?? step.expectation.within)
            if let wanted = step.events { return try await waitForEvent(wanted, step, request) }
            return try judge(step, try await http.send(request))
        } catch let missing as SmokeStep.Request.Unfilled {
            return Answer(
                verdict: .inconclusive, observed: "no earlier step captured \(missing.names.joined(separator: ", "))")
        } catch let failure as SmokeForm.Failure {
            return Answer(verdict: .inconclusive, observed: failure.why)
        } catch HTTPError.cancelled {
            throw CancellationError()
        } catch let error as HTTPError {
            return Answer(verdict: error.verdict, observed: "\(error.diagnostic.what): \(error.diagnostic.why)")
        }
    }

    private func foreign(_ header: (String) -> String?) -> Answer? {
        guard let proof = subject.proof else { return nil }
        let found = header(proof.name)
        if found == proof.value { return nil }
        return Answer(verdict: .fail, observed: "answered by \(found ?? "nothing"), expected \(proof.value)")
    }

    private func judge(_ step: SmokeStep, _ response: HTTPResponse) throws -> Answer {
        if let foreign = foreign(response.header) { return foreign }
        do {
            if let fault = try step.expectation.fault(in: response) {
                return Answer(verdict: .fail, observed: fault, response: response)
            }
            var answer = try capture(step, response)
            if answer.verdict == .pass { answer.observed = "\(response.status), \(response.body.count) bytes" }
            answer.response = response
            return answer
        } catch let error as JSONPointer.Unreadable {
            return Answer(verdict: .fail, observed: error.why, response: response)
        } catch let error as CocoaError {
            return Answer(verdict: .inconclusive, observed: "cannot see \(error.filePath ?? "a file") to compare with")
        }
    }

    private func capture(_ step: SmokeStep, _ response: HTTPResponse) throws -> Answer {
        var captured: [String: String] = [:]
        for (name, capture) in step.captures.sorted(by: { $0.key < $1.key }) {
            guard let value = try capture.value(in: response) else {
                return Answer(verdict: .fail, observed: "nothing stands at \(capture.text)")
            }
            captured[name] = value
        }
        return Answer(verdict: .pass, observed: "", captured: captured)
    }

    private func waitForEvent(
        _ wanted: SmokeStep.EventWait, _ step: SmokeStep, _ request: HTTPRequest
    ) async throws -> Answer {
        let log = SmokeEventLog(wanted)
        var request = request
        request.headers.append(("Accept", "text/event-stream"))
        request.sink = .each { log.take($0) }
        request.onHead = { log.take($0) }
        request.usesFreshConnection = true
        var ending = "the stream ended"
        var response: HTTPResponse?
        do { response = try await http.send(request) } catch HTTPError.timedOut where log.head != nil {
            ending = "\(request.timeout.text) were over"
        }
        return try judge(step, log, response, ending)
    }

    private func judge(
        _ step: SmokeStep, _ log: SmokeEventLog, _ response: HTTPResponse?, _ ending: String
    ) throws -> Answer {
        let head = log.head
        func header(_ name: String) -> String? { head?.headers.first { $0.name == name.lowercased() }?.value }
        if let foreign = foreign(header) { return foreign }
        if let fault = step.expectation.fault(status: head?.status ?? 0, header: header) {
            return Answer(verdict: .fail, observed: log.refusal.isEmpty ? fault : "\(fault): \(log.refusal)")
        }
        guard let event = log.found, var response else {
            let wanted = step.events?.event.map { "`\($0)`" } ?? "the event"
            return Answer(verdict: .fail, observed: "\(ending) without \(wanted): \(log.story)")
        }
        response.body = Array(event.data.utf8)
        do {
            var answer = try capture(step, response)
            if answer.verdict == .pass { answer.observed = "event `\(event.name)`; \(log.story)" }
            answer.response = response
            return answer
        } catch let error as JSONPointer.Unreadable {
            return Answer(verdict: .fail, observed: "event `\(event.name)`: \(error.why)")
        }
    }
}

extension HTTPError {
    /// Whether the candidate is to blame, or nothing could be asked.
    fileprivate var verdict: Verdict {
        switch self {
        case .file, .configuration, .cancelled: .inconclusive
        case .unresolved, .refused, .certificate, .tls, .timedOut, .tooLarge, .failed: .fail
        }
    }
}
