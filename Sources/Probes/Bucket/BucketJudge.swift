import BucketClient
import OpsModel

extension BucketSnapshot {
    /// Turns a snapshot into results; pure.
    func judge(_ expectation: BucketExpectation, _ sheet: inout CheckSheet) {
        let place = expectation.location
        if let failure = put.failure {
            sheet.record(
                "put", failure, expected: "an object stored in \(place)",
                fix: fix(failure, "s3:PutObject", expectation))
            sheet.block(["get", "anonymous_refused", "presigned_works", "tampered_refused"], by: "put")
            if let failure = delete.failure {
                sheet.record(
                    "delete", failure, expected: "no canary left behind by a put without an answer",
                    fix: fix(failure, "s3:DeleteObject", expectation))
            } else {
                sheet.block(["delete"], by: "put")
            }
            return sheet.block(["absent"], by: "put")
        }
        sheet.record(
            "put", .pass, observed: "\(put.facts?.elapsedMilliseconds ?? 0) ms",
            expected: "an object stored in \(place)", phase: "request")
        judgeGet(expectation, &sheet)
        judgeRefusal(
            "anonymous_refused", anonymous, codes: ["AccessDenied"], "remove public access: put-public-access-block",
            &sheet)
        judgePresigned(expectation, &sheet)
        judgeRefusal(
            "tampered_refused", tampered, codes: ["SignatureDoesNotMatch", "AccessDenied"],
            "the store does not check signatures: replace it", &sheet)
        judgeRemoval(expectation, &sheet)
    }

    private func judgeGet(_ expectation: BucketExpectation, _ sheet: inout CheckSheet) {
        let expected = "the same 4096 bytes"
        switch get {
        case .notLooked: sheet.skip("get", because: "not asked for")
        case .seen(let content):
            sheet.expect(
                "get", content.isEqual, observed: content.isEqual ? expected : "\(content.bytes) other bytes",
                expected: expected,
                reason: .mismatch, phase: "request", fix: "the store returns other content than was put: do not use it")
        case .failed(let failure):
            sheet.record("get", failure, expected: expected, fix: fix(failure, "s3:GetObject", expectation))
        }
    }

    private func judgePresigned(_ expectation: BucketExpectation, _ sheet: inout CheckSheet) {
        let expected = "200 with the object"
        switch presigned {
        case .notLooked: sheet.skip("presigned_works", because: "no presigned URLs here")
        case .seen(let answer):
            sheet.expect(
                "presigned_works", answer.status == 200 && answer.gaveContent, observed: answer.text,
                expected: expected, reason: .status,
                phase: "request", fix: "check this machine's clock and the region of the signature")
        case .failed(let failure):
            sheet.record(
                "presigned_works", failure, expected: expected, fix: fix(failure, "s3:GetObject", expectation))
        }
    }

    /// The refusal must be the right one: any other error would prove nothing.
    private func judgeRefusal(
        _ name: String, _ observation: Observation<Answer>, codes: [String], _ fix: String, _ sheet: inout CheckSheet
    ) {
        let expected = "403 \(codes.joined(separator: " or "))"
        switch observation {
        case .notLooked: sheet.skip(name, because: "nothing to refuse here")
        case .seen(let answer):
            if answer.status == 403, let code = answer.code, codes.contains(code) {
                sheet.record(name, .pass, observed: answer.text, expected: expected, phase: "request")
            } else if (200...399).contains(answer.status) {
                sheet.record(
                    name, .fail, observed: answer.text, expected: expected, reason: .accepted, phase: "request",
                    fix: fix)
            } else {
                sheet.record(
                    name, .unknown, observed: answer.text, expected: expected, reason: .status, phase: "request",
                    fix: "this answer does not prove the refusal; see the store's log")
            }
        case .failed(let failure):
            sheet.record(
                name, .unknown, observed: failure.message, expected: expected, reason: failure.reason,
                phase: failure.phase,
                fix: "probe again; nothing proved the refusal")
        }
    }

    /// The sweep serves order, not the verdict: a key that may not list is no worse a dependency.
    private var sweepText: String {
        switch swept {
        case .notLooked, .seen(0): ""
        case .seen(let count): ", and \(count) canaries of crashed runs"
        case .failed(let failure): "; canaries of crashed runs were not looked for: \(failure.message)"
        }
    }

    private func fix(_ failure: LookFailure, _ action: String, _ expectation: BucketExpectation) -> String {
        switch (failure.reason, expectation.folder) {
        case (.missingDatabase, let folder?): "mkdir -p -m 700 '\(folder)'"
        case (.missingDatabase, nil): "create the bucket, or correct its name"
        case (_, let folder?): "check the folder and its permissions: ls -ld '\(folder)'"
        case (.authorization, nil): "grant \(action)"
        case (.authentication, nil) where failure.code == "RequestTimeTooSkewed": "set this machine's clock"
        case (.authentication, nil): "correct access_key and secret_key"
        default: failure.connectionFix(to: expectation.location) ?? "see the store's log"
        }
    }

    private func judgeRemoval(_ expectation: BucketExpectation, _ sheet: inout CheckSheet) {
        if let failure = delete.failure {
            sheet.record(
                "delete", failure, expected: "the object removed",
                fix: fix(failure, "s3:DeleteObject", expectation))
            return sheet.block(["absent"], by: "delete")
        }
        sheet.record(
            "delete", .pass, observed: "\(delete.facts?.elapsedMilliseconds ?? 0) ms\(sweepText)",
            expected: "the object removed",
            phase: "request")
        switch absent {
        case .notLooked: sheet.skip("absent", because: "not asked for")
        case .seen(let isGone):
            sheet.expect(
                "absent", isGone, observed: isGone ? "gone" : "still there", expected: "gone", reason: .mismatch,
                phase: "request",
                fix: "the store does not delete: check versioning and retention")
        case .failed(let failure):
            sheet.record("absent", failure, expected: "gone", fix: fix(failure, "s3:GetObject", expectation))
        }
    }
}

extension BucketSnapshot.Answer {
    fileprivate var text: String { "\(status)\(code.map { " \($0)" } ?? "")" }
}
