import Foundation
import OpsModel

extension BucketSnapshot {
    func judgeDigests(_ expectation: BucketExpectation, _ sheet: inout CheckSheet) {
        let (name, expected) = ("checksum", "the right Content-MD5 taken, a wrong one refused")
        switch digests {
        case .notLooked: sheet.skip(name, because: expectation.folder == nil ? "not asked for" : "a folder")
        case .failed(let failure):
            sheet.record(name, failure, expected: expected, fix: fix(failure, "s3:PutObject", expectation))
        case .seen(let digests):
            let isRefused = digests.wrong.status == 400 && ["BadDigest", "InvalidDigest"].contains(digests.wrong.code)
            if digests.right.status != 200 || (digests.wrong.status >= 300 && !isRefused) {
                return sheet.record(
                    name, .unknown, observed: "right: \(digests.right.text), wrong: \(digests.wrong.text)",
                    expected: expected, reason: .status, phase: "request",
                    fix: "these answers do not speak of the checksum; see the store's log")
            }
            sheet.expect(
                name, isRefused, observed: "right: \(digests.right.text), wrong: \(digests.wrong.text)",
                expected: expected, reason: .accepted, phase: "request",
                fix: "the store does not check what it stores: update or replace it")
        }
    }

    func judgeMultipart(_ expectation: BucketExpectation, _ sheet: inout CheckSheet) {
        let (name, expected) = ("multipart", "all parts in one object, nothing left of the aborted upload")
        switch multipart {
        case .notLooked: sheet.skip(name, because: expectation.folder == nil ? "not asked for" : "a folder")
        case .failed(let failure):
            sheet.record(
                name, failure, expected: expected, fix: fix(failure, "s3:AbortMultipartUpload", expectation))
        case .seen(let upload):
            // An upload that is still there takes one more part. Some stores say NoSuchKey.
            let isGone = upload.aborted.status == 404 && ["NoSuchUpload", "NoSuchKey"].contains(upload.aborted.code)
            sheet.expect(
                name, upload.bytesStored == upload.bytesSent && isGone,
                observed: upload.bytesStored == upload.bytesSent
                    ? "\(upload.bytesStored) B; after the abort: \(upload.aborted.text)"
                    : "\(upload.bytesStored) of \(upload.bytesSent) B",
                expected: expected, reason: .mismatch, phase: "request",
                fix: "the store does not keep to the API for large uploads: do not use it for them")
        }
    }

    func judgeNewest(_ expectation: BucketExpectation, _ sheet: inout CheckSheet) {
        let name = "newest_object"
        guard let wanted = expectation.newest else { return sheet.skip(name, because: "not asked for") }
        let size = wanted.minimumSize > 0 ? " of at least \(wanted.minimumSize) B" : ""
        let expected = "an object\(size) below \(wanted.prefix), at most \(numberText(wanted.withinSeconds)) s old"
        switch newest {
        case .notLooked: sheet.block([name], by: "put")
        case .failed(let failure):
            sheet.record(name, failure, expected: expected, fix: fix(failure, "s3:ListBucket", expectation))
        case .seen(let freshness):
            guard let youngest = freshness.youngest else {
                guard freshness.isWhole else {
                    return sheet.record(
                        name, .unknown, observed: "none among the first \(freshness.count)", expected: expected,
                        reason: .limit, phase: "request", fix: "choose a narrower prefix")
                }
                return sheet.record(
                    name, .fail, observed: "none among \(freshness.count)", expected: expected, reason: .limit,
                    phase: "request", fix: "see why nothing is stored there: the log of the backup")
            }
            let age = max(0, takenAt.timeIntervalSince(youngest.modified)).rounded()
            let measure = Measure(age, unit: "s", direction: .atMost, warn: nil, fail: wanted.withinSeconds)
            // Keys come in their own order: the youngest may be among those that were not looked at.
            let status: CheckStatus = measure.status == .fail && !freshness.isWhole ? .unknown : measure.status
            sheet.record(
                name, status,
                observed: "\(numberText(age)) s, \(youngest.bytes) B: \(youngest.key)"
                    + (freshness.isWhole ? "" : ", among the first \(freshness.count)"),
                expected: expected, reason: .limit, phase: "request",
                fix: freshness.isWhole
                    ? "see why nothing newer is stored: the log of the backup" : "choose a narrower prefix",
                measure: measure)
        }
    }
}
