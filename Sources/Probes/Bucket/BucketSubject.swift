import BucketClient
import Foundation
import OpsModel

/// An S3 bucket, or a folder used as one.
package struct BucketSubject: ProbeSubject {
    package static let kind = "bucket"

    package let store: BucketStore
    package let expectation: BucketExpectation

    package init(_ store: BucketStore, _ expectation: BucketExpectation) {
        (self.store, self.expectation) = (store, expectation)
    }

    package var endpoint: String { expectation.location }
    package var hosts: [String] { host.map { hostNames($0) } ?? [] }

    private var host: String? { store.s3.flatMap { URLComponents(string: $0.location)?.host } }

    package func look(_ visit: Visit) async -> BucketSnapshot {
        var store = store
        if var bucket = store.s3, let host {
            bucket.addresses = visit.addresses[host] ?? []
            store = .s3(bucket)
        }
        return await BucketLook(store: store, expectation: expectation, visit: visit).look()
    }

    package static func judge(
        _ snapshot: BucketSnapshot, _ expectation: BucketExpectation, _ sheet: inout CheckSheet
    ) {
        snapshot.judge(expectation, &sheet)
    }
}
