import OpsModel

extension BucketSnapshot {
    func judgePresigned(_ expectation: BucketExpectation, _ sheet: inout CheckSheet) {
        let clock = "check this machine's clock and the region of the signature"
        judgeLink("presigned_works", presigned, "200 with the object", clock, expectation, &sheet)
        judgeLink(
            "presigned_put", presignedPut, "200, and the object read back",
            "allow the key s3:PutObject; check the region of the signature", expectation, &sheet)
        judgeLink(
            "presigned_long", presignedLong, "200 with the object, 16 minutes after signing",
            "the store ends links after 15 minutes: update it, or sign shortly before use", expectation, &sheet)
        judgeExpired(&sheet)
    }

    private func judgeLink(
        _ name: String, _ observation: Observation<Answer>, _ expected: String, _ fix: String,
        _ expectation: BucketExpectation, _ sheet: inout CheckSheet
    ) {
        switch observation {
        case .notLooked: sheet.skip(name, because: "no presigned URLs here")
        case .seen(let answer):
            sheet.expect(
                name, answer.status == 200 && answer.gaveContent,
                observed: answer.status == 200 && !answer.gaveContent ? "200 with other content" : answer.text,
                expected: expected, reason: .status, phase: "request", fix: fix)
        case .failed(let failure):
            sheet.record(name, failure, expected: expected, fix: self.fix(failure, "s3:GetObject", expectation))
        }
    }

    /// The refusal of an expired URL proves something only while a fresh one works.
    private func judgeExpired(_ sheet: inout CheckSheet) {
        let (name, expected) = ("presigned_expired_refused", "403, because it has expired")
        guard presignedExpired != .notLooked else { return sheet.skip(name, because: "no presigned URLs here") }
        guard presigned.facts?.gaveContent == true else { return sheet.block([name], by: "presigned_works") }
        switch presignedExpired {
        case .notLooked: sheet.skip(name, because: "no presigned URLs here")
        case .failed(let failure):
            sheet.record(
                name, .unknown, observed: failure.message, expected: expected, reason: failure.reason,
                phase: failure.phase, fix: "probe again; nothing proved the refusal")
        case .seen(let answer):
            let saysExpired = answer.message?.lowercased().contains("expired") == true
            let isRefusal = ["AccessDenied", "ExpiredRequest"].contains(answer.code ?? "") || saysExpired
            if (400...403).contains(answer.status), isRefusal {
                sheet.record(name, .pass, observed: answer.text, expected: expected, phase: "request")
            } else if answer.gaveContent || (200...299).contains(answer.status) {
                sheet.record(
                    name, .fail, observed: "\(answer.text), two hours after signing for a minute", expected: expected,
                    reason: .accepted, phase: "request", fix: "the store ignores X-Amz-Expires: replace it")
            } else {
                sheet.record(
                    name, .unknown, observed: answer.text, expected: expected, reason: .status, phase: "request",
                    fix: "this answer does not prove the refusal; see the store's log")
            }
        }
    }
}
