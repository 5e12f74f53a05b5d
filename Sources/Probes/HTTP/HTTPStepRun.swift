import Foundation
import HTTPClient
import OpsModel

/// Runs the steps in order until one fails, and then every cleanup whose captures are there.
struct HTTPStepRun {
    let call: HTTPCall
    let expectation: HTTPExpectation
    let addresses: [String]
    let visit: Visit

    func run() async -> [HTTPSnapshot.StepSight] {
        var sights: [HTTPSnapshot.StepSight] = []
        var captured: [String: String] = ["run": visit.canaryID]
        for (step, expected) in zip(call.steps, expectation.steps) {
            let (sight, values) = await take(step, expected, captured, isCleanup: false)
            sights.append(sight)
            captured.merge(values) { $1 }
            if sight.fault != nil { break }
        }
        for (step, expected) in zip(call.cleanup, expectation.cleanup) {
            // What was never made needs no removing.
            guard step.isReady(captured) else { continue }
            sights.append(await take(step, expected, captured, isCleanup: true).sight)
        }
        return sights
    }

    private func take(
        _ step: HTTPStepCall, _ expected: HTTPStepExpectation, _ captured: [String: String], isCleanup: Bool
    ) async -> (sight: HTTPSnapshot.StepSight, captured: [String: String]) {
        let start = ContinuousClock.now
        var sight = HTTPSnapshot.StepSight(
            name: expected.name, isCleanup: isCleanup, status: nil, fault: nil, reason: nil, elapsedMilliseconds: 0)
        var values: [String: String] = [:]
        do {
            guard let request = request(step, captured, isCleanup: isCleanup) else {
                throw LookFailure(
                    reason: .configuration, phase: "look", message: "no earlier step has captured what it sends")
            }
            let response = try await visit.http.send(request)
            sight.status = response.status
            let answer = HTTPAnswer(response)
            (sight.fault, sight.reason) =
                expected.answer.firstFault(of: answer).map { ($0.text, $0.reason) } ?? (nil, nil)
            if sight.fault == nil { values = try captures(expected.captures, response) }
        } catch {
            let failure = LookFailure(error)
            (sight.fault, sight.reason) = (failure.message, failure.reason)
        }
        sight.elapsedMilliseconds = (ContinuousClock.now - start).milliseconds
        return (sight, values)
    }

    private func request(_ step: HTTPStepCall, _ captured: [String: String], isCleanup: Bool) -> HTTPRequest? {
        guard step.isReady(captured), let base = URL(string: call.url.reveal()),
            let url = URL(string: filled(step.path, captured), relativeTo: base)?.absoluteURL,
            origin(of: url) == origin(of: base)
        else { return nil }
        var request = HTTPRequest(
            step.method, url.absoluteString, headers: step.headers.map { ($0.name, filled($0.value, captured)) },
            body: step.body.map { .bytes(Array(filled($0, captured).utf8)) } ?? .none,
            timeout: isCleanup ? visit.time.forCleaning : visit.time.forLooking,
            authorityFile: expectation.authorityFile)
        (request.addresses, request.clientCertificate) = (addresses, call.clientCertificate)
        return request
    }

    private func captures(_ sources: [String: String], _ response: HTTPResponse) throws -> [String: String] {
        var values: [String: String] = [:]
        for (name, source) in sources {
            let value: String? =
                if source.hasPrefix("header:") {
                    response.header(String(source.dropFirst(7)))
                } else {
                    try document(response).at(source)?.text
                }
            guard let value else {
                throw LookFailure(reason: .body, phase: "transfer", message: "nothing to capture at \(source)")
            }
            guard !value.unicodeScalars.contains(where: { $0.value < 32 }) else {
                throw LookFailure(
                    reason: .body, phase: "transfer", message: "what stands at \(source) holds control characters")
            }
            values[name] = value
        }
        return values
    }

    private func document(_ response: HTTPResponse) throws -> JSONValue {
        do { return try JSONValue(parsing: response.body) } catch {
            throw LookFailure(reason: .body, phase: "transfer", message: "the body is not JSON")
        }
    }
}

private func filled(_ text: Secret, _ captured: [String: String]) -> String {
    captured.reduce(text.reveal()) { $0.replacing("${capture:\($1.key)}", with: $1.value) }
}

extension HTTPStepCall {
    /// Whether everything that it sends is known.
    fileprivate func isReady(_ captured: [String: String]) -> Bool {
        ([path] + headers.map(\.value) + [body].compactMap { $0 }).allSatisfy {
            !filled($0, captured).contains("${capture:")
        }
    }
}
