import HTTPClient
import OpsModel

extension HTTPSnapshot {
    /// Turns a snapshot into results; pure.
    func judge(_ expectation: HTTPExpectation, _ sheet: inout CheckSheet) {
        judgeTLS(expectation, &sheet)
        judgePlaintext(expectation, &sheet)
        judgeAddresses(expectation, &sheet)
        guard let answer = answer.facts else {
            judgeNoAnswer(expectation, &sheet)
            return sheet.blockRest(by: "connect")
        }
        sheet.record("connect", .pass, observed: answer.remoteAddress, expected: "an answer", phase: "connect")
        judgeHead(answer, expectation, &sheet)
        judgeRedirects(answer, expectation, &sheet)
        judgeContent(answer, expectation, &sheet)
        judgeTimes(answer, expectation, &sheet)
        judgeHSTS(answer, expectation, &sheet)
        judgeSteps(expectation, &sheet)
    }

    private func judgeNoAnswer(_ expectation: HTTPExpectation, _ sheet: inout CheckSheet) {
        let failure =
            answer.failure ?? LookFailure(reason: .internalError, phase: "look", message: "not looked at")
        let story = failure.reason == .certificate ? handshake.facts?.certificateStory : nil
        let shown = LookFailure(
            reason: failure.reason, phase: failure.phase, message: story ?? failure.message, code: failure.code)
        let fix =
            story == nil
            ? failure.connectionFix(to: expectation.place)
            : "renew the certificate, or name its CA file and host: openssl s_client -showcerts -connect \(expectation.place)"
        sheet.record("connect", shown, expected: "an answer", fix: fix ?? "see the service's log")
    }

    private func judgeHead(_ answer: HTTPAnswer, _ expectation: HTTPExpectation, _ sheet: inout CheckSheet) {
        let wanted = expectation.answer
        let fix = "curl -i \(expectation.place)"
        sheet.expect(
            "status", wanted.statuses.contains(answer.status), observed: String(answer.status),
            expected: wanted.statuses.text, reason: .status, phase: "first_byte", fix: fix)
        if wanted.headers.isEmpty {
            sheet.skip("headers", because: "not asked for")
        } else {
            let faults = wanted.headerFaults(of: answer)
            sheet.expect(
                "headers", faults.isEmpty, observed: faults.isEmpty ? "as expected" : faults.joined(separator: ", "),
                expected: wanted.headerText, reason: .mismatch, phase: "first_byte", fix: fix)
        }
        guard let version = expectation.version else { return sheet.skip("http_version", because: "not asked for") }
        sheet.expect(
            "http_version", answer.version == version.rawValue, observed: "HTTP/\(answer.version)",
            expected: "HTTP/\(version.rawValue)", reason: .mismatch, phase: "first_byte",
            fix: "check the ALPN setting of the server and of the proxies before it")
    }

    private func judgeRedirects(_ answer: HTTPAnswer, _ expectation: HTTPExpectation, _ sheet: inout CheckSheet) {
        guard expectation.follows > 0 || expectation.location != nil else {
            return sheet.skip("redirects", because: "not asked for")
        }
        let path = answer.hops.map { "\($0.status) \($0.location)" }.joined(separator: " -> ")
        let last = expectation.follows > 0 ? answer.hops.last?.location : answer.headers["location"].map(storableURL)
        let fault = expectation.location?.asText.fault(of: last.map { .string($0) })
        let expected = [
            expectation.follows > 0 ? "at most \(expectation.follows) redirects" : nil,
            expectation.location.map { "to a place that \($0.asText.text)" },
        ].compactMap { $0 }.joined(separator: ", ")
        let observed = answer.hasMoreHops ? "\(path) -> and on" : path.isEmpty ? last ?? "no redirect" : path
        sheet.expect(
            "redirects", !answer.hasMoreHops && fault == nil, observed: observed, expected: expected,
            reason: .mismatch, phase: "first_byte", fix: "curl -sIL \(expectation.place)")
    }

    private func judgeTimes(_ answer: HTTPAnswer, _ expectation: HTTPExpectation, _ sheet: inout CheckSheet) {
        let fix = "check the service's load"
        let phases = answer.phases
        if let limit = expectation.within {
            let seconds = Double(limit) / 1000
            sheet.record(
                "latency", phases.total <= seconds ? .pass : .fail, observed: numberText(phases.total),
                expected: "at most \(numberText(seconds)) s", unit: "s", reason: .timeout, phase: "transfer", fix: fix,
                measure: Measure(phases.total, unit: "s", direction: .atMost, warn: nil, fail: seconds))
        } else {
            sheet.measure("latency", phases.total, reason: .timeout, phase: "transfer", fix: fix)
        }
        sheet.measure(
            "connect_time", phases.connect, phase: "connect", fix: "check the network and the server's backlog: ss -ltn"
        )
        sheet.measure("tls_time", phases.tls, phase: "tls", fix: "check the server's load and its session cache")
        sheet.measure("first_byte_time", phases.firstByte, phase: "first_byte", fix: fix)
        sheet.measure("transfer_time", phases.transfer, phase: "transfer", fix: "check the size of the body")
    }
}
