package import BucketClient
import Foundation
package import OpsModel

/// An S3 bucket, or a folder used as one.
package struct BucketSubject: ProbeSubject {
    package static let kind = "bucket"
    package static let checks: [CheckDefinition] = [
        CheckDefinition(
            "put", "Is an object stored?", why: "uploads would fail", in: .writing, privilege: "s3:PutObject"),
        CheckDefinition(
            "get", "Does it come back byte for byte?", why: "downloads would fail, or be damaged", in: .writing,
            privilege: "s3:GetObject"),
        CheckDefinition(
            "anonymous_refused", "Is an unsigned GET refused?", why: "customers' files would be public", in: .writing,
            isPosture: true),
        CheckDefinition(
            "presigned_works", "Does a presigned GET give the object?", why: "download links would be dead",
            in: .writing),
        CheckDefinition(
            "tampered_refused", "Is a changed signature refused?", why: "links could be forged", in: .writing,
            isPosture: true),
        CheckDefinition(
            "delete", "Is the object removed?", why: "deleted files would stay", in: .writing,
            privilege: "s3:DeleteObject"),
        CheckDefinition("absent", "Is it gone afterwards?", why: "deleted files would stay", in: .writing),
    ]

    package let store: BucketStore
    package let expectation: BucketExpectation

    package init(_ store: BucketStore, _ expectation: BucketExpectation) {
        (self.store, self.expectation) = (store, expectation)
    }

    package var endpoint: String { expectation.location }
    package var hosts: [String] {
        guard case .s3(let bucket) = store, let host = URLComponents(string: bucket.location)?.host else { return [] }
        return hostNames(host)
    }

    package func look(_ visit: Visit) async -> BucketSnapshot {
        await BucketLook(
            store: store, expectation: expectation, time: visit.time, canaryID: visit.canaryID, http: visit.http
        ).look()
    }

    package static func judge(
        _ snapshot: BucketSnapshot, _ expectation: BucketExpectation, _ sheet: inout CheckSheet
    ) {
        snapshot.judge(expectation, &sheet)
    }
}
