import OpsModel

extension HTTPSnapshot {
    func judgeContent(_ answer: HTTPAnswer, _ expectation: HTTPExpectation, _ sheet: inout CheckSheet) {
        judgeBody(answer, expectation, &sheet)
        judgeJSON(answer, expectation, &sheet)
        judgeHealth(answer, expectation, &sheet)
    }

    private func judgeBody(_ answer: HTTPAnswer, _ expectation: HTTPExpectation, _ sheet: inout CheckSheet) {
        guard let body = expectation.answer.body else { return sheet.skip("body", because: "not asked for") }
        guard answer.isWhole || !body.readsText else { return tooLong("body", answer, &sheet) }
        let faults = body.faults(of: answer)
        sheet.expect(
            "body", faults.isEmpty, observed: faults.first ?? "as expected, \(answer.byteCount) bytes",
            expected: body.text, reason: .body, phase: "transfer", fix: "curl \(expectation.place)")
    }

    private func judgeJSON(_ answer: HTTPAnswer, _ expectation: HTTPExpectation, _ sheet: inout CheckSheet) {
        guard !expectation.answer.json.isEmpty else { return sheet.skip("json", because: "not asked for") }
        guard answer.isWhole else { return tooLong("json", answer, &sheet) }
        let faults = expectation.answer.jsonFaults(of: answer)
        sheet.expect(
            "json", faults.isEmpty,
            observed: faults.isEmpty ? "as expected" : faults.prefix(5).joined(separator: ", "),
            expected: expectation.answer.jsonText, reason: .body, phase: "transfer", fix: "curl \(expectation.place)")
    }

    private func judgeHealth(_ answer: HTTPAnswer, _ expectation: HTTPExpectation, _ sheet: inout CheckSheet) {
        guard expectation.readsHealth(of: answer) else {
            return sheet.skip("health", because: "the answer is no health document")
        }
        guard answer.isWhole else { return tooLong("health", answer, &sheet) }
        let fix = "see what the service says of itself: curl \(expectation.place)"
        guard let health = HealthDocument(answer.body) else {
            return sheet.record(
                "health", .unknown, observed: "no health document with a known status",
                expected: "status pass", reason: .body, phase: "transfer", fix: fix)
        }
        let status: CheckStatus =
            switch health.verdict {
            case .pass: .pass
            case .warn: .warn
            case .fail: .fail
            }
        sheet.record(
            "health", status, observed: health.story, expected: "status pass", reason: .notReady, phase: "transfer",
            fix: fix)
    }

    private func tooLong(_ check: String, _ answer: HTTPAnswer, _ sheet: inout CheckSheet) {
        sheet.record(
            check, .unknown, observed: "\(answer.byteCount) bytes, of which only the first are kept",
            expected: "at most \(HTTPAnswer.bodyLimit) bytes", reason: .body, phase: "transfer",
            fix: "ask for less, or check its sha256 or size")
    }

    func judgeSteps(_ expectation: HTTPExpectation, _ sheet: inout CheckSheet) {
        guard !expectation.steps.isEmpty else { return sheet.skip("steps", because: "not asked for") }
        guard let sights = steps.facts else {
            return sheet.record(
                "steps", .unknown, observed: steps.failure?.message ?? "not looked at", expected: "every step",
                reason: steps.failure?.reason ?? .internalError, phase: "steps", fix: "probe again")
        }
        let expected = expectation.steps.map(\.name).joined(separator: ", ")
        let done = sights.filter { !$0.isCleanup && $0.fault == nil }
        let left = sights.first { $0.isCleanup && $0.fault != nil }
        let remains = left.map { "; cleanup `\($0.name)`: \($0.fault ?? "")" } ?? ""
        if let failed = sights.first(where: { !$0.isCleanup && $0.fault != nil }) {
            let reason = failed.reason ?? .mismatch
            let shown = LookFailure(
                reason: reason, phase: "steps", message: "step `\(failed.name)`: \(failed.fault ?? "")\(remains)")
            return sheet.record("steps", shown, expected: expected, fix: "see the service's log at that step")
        }
        sheet.record(
            "steps", left == nil && done.count == expectation.steps.count ? .pass : .warn,
            observed: "\(done.count) steps\(remains)", expected: expected, reason: left?.reason, phase: "steps",
            fix: "remove by hand what the steps have left behind")
    }
}

extension HTTPExpectation {
    func readsHealth(of answer: HTTPAnswer) -> Bool {
        let type = answer.headers["content-type"]?.lowercased() ?? ""
        return isHealthDocument ?? type.hasPrefix("application/health+json")
    }

    /// Whether a check reads the text of the body.
    func readsBody(of answer: HTTPAnswer) -> Bool {
        self.answer.body?.readsText == true || !self.answer.json.isEmpty || readsHealth(of: answer)
    }
}
