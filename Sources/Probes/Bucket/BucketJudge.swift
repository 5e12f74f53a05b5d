import BucketClient
import OpsModel

extension BucketSnapshot {
    /// Turns a snapshot into results; pure.
    func judge(_ expectation: BucketExpectation, _ sheet: inout CheckSheet) {
        judgeReach(expectation, &sheet)
        judgeClock(expectation, &sheet)
        judgeNewest(expectation, &sheet)
        judgeConfiguration(expectation, &sheet)
        judgeRights(expectation, &sheet)
        let place = expectation.location
        if let failure = put.failure {
            sheet.record(
                "put", failure, expected: "an object stored in \(place)",
                fix: fix(failure, "s3:PutObject", expectation))
            if let failure = delete.failure {
                sheet.record(
                    "delete", failure, expected: "no canary left behind by a put without an answer",
                    fix: fix(failure, "s3:DeleteObject", expectation))
            }
            return sheet.blockRest(by: "put")
        }
        sheet.record(
            "put", .pass, observed: "\(put.facts?.elapsedMilliseconds ?? 0) ms",
            expected: "an object stored in \(place)", phase: "request")
        judgeGet(expectation, &sheet)
        judgeDigests(expectation, &sheet)
        judgeMultipart(expectation, &sheet)
        judgeRefusals(expectation, &sheet)
        judgePresigned(expectation, &sheet)
        judgeRemoval(expectation, &sheet)
    }

    private func judgeReach(_ expectation: BucketExpectation, _ sheet: inout CheckSheet) {
        let expected = "an answer for \(expectation.location)"
        switch reach {
        case .notLooked: sheet.skip("connect", because: "not asked for")
        case .seen(let answer):
            sheet.record(
                "connect", .pass,
                observed: answer.code == "AccessDenied"
                    ? "key accepted; without s3:ListBucket a missing object is not told from a forbidden one"
                    : "answers",
                expected: expected, phase: "request")
        case .failed(let failure):
            sheet.record("connect", failure, expected: expected, fix: fix(failure, "s3:GetObject", expectation))
        }
    }

    private func judgeClock(_ expectation: BucketExpectation, _ sheet: inout CheckSheet) {
        guard let skew = clockSkew.facts else {
            if expectation.folder != nil { return sheet.skip("clock_skew", because: "a folder has no clock") }
            if put.failure != nil { return sheet.block(["clock_skew"], by: "put") }
            return sheet.skip("clock_skew", because: "no answer told the time")
        }
        let side = skew == 0 ? "none" : "the store is \(numberText(abs(skew))) s \(skew > 0 ? "ahead" : "behind")"
        sheet.measure(
            "clock_skew", abs(skew), observed: side, phase: "request",
            fix: "set this machine's clock: timedatectl set-ntp true")
    }

    private func judgeGet(_ expectation: BucketExpectation, _ sheet: inout CheckSheet) {
        let expected = "the same 4096 bytes"
        switch get {
        case .notLooked: sheet.skip("get", because: "not asked for")
        case .seen(let content):
            sheet.expect(
                "get", content.isEqual, observed: content.isEqual ? expected : "\(content.bytes) other bytes",
                expected: expected, reason: .mismatch, phase: "request",
                fix: "the store returns other content than was put: do not use it")
        case .failed(let failure):
            sheet.record("get", failure, expected: expected, fix: fix(failure, "s3:GetObject", expectation))
        }
    }

    /// The sweep serves order, not the verdict: a key that may not list is no worse a dependency.
    private var versionText: String {
        switch versions {
        case .notLooked, .seen(0): ""
        case .seen(let count): ", and its \(count) versions"
        case .failed(let failure): "; its versions stay until they expire (s3:DeleteObjectVersion): \(failure.message)"
        }
    }

    private var sweepText: String {
        switch swept {
        case .notLooked, .seen(0): ""
        case .seen(let count): ", and \(count) canaries of crashed runs"
        case .failed(let failure): "; canaries of crashed runs were not looked for: \(failure.message)"
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
            "delete", .pass, observed: "\(delete.facts?.elapsedMilliseconds ?? 0) ms\(versionText)\(sweepText)",
            expected: "the object removed", phase: "request")
        switch absent {
        case .notLooked: sheet.skip("absent", because: "not asked for")
        case .seen(let isGone):
            sheet.expect(
                "absent", isGone, observed: isGone ? "gone" : "still there", expected: "gone", reason: .mismatch,
                phase: "request", fix: "the store does not delete: check versioning and retention")
        case .failed(let failure):
            sheet.record("absent", failure, expected: "gone", fix: fix(failure, "s3:GetObject", expectation))
        }
    }

    func fix(_ failure: LookFailure, _ action: String, _ expectation: BucketExpectation) -> String {
        switch (failure.reason, expectation.folder) {
        case (.missingDatabase, let folder?): "mkdir -p -m 700 '\(folder)'"
        case (.missingDatabase, nil): "create the bucket, or correct its name"
        case (_, let folder?): "check the folder and its permissions: ls -ld '\(folder)'"
        case (.authorization, nil): "grant \(action)"
        case (.authentication, nil) where failure.code == "RequestTimeTooSkewed": "set this machine's clock"
        case (.authentication, nil)
        where ["PermanentRedirect", "AuthorizationHeaderMalformed"].contains(failure.code):
            "correct region and endpoint: the bucket is in another region"
        case (.authentication, nil): "correct access_key and secret_key"
        default: failure.connectionFix(to: expectation.location) ?? "see the store's log"
        }
    }
}

extension BucketSnapshot.Answer {
    var text: String { "\(status)\(code.map { " \($0)" } ?? "")" }
}
