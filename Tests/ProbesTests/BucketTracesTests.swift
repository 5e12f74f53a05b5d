import BucketClient
import Foundation
import HTTPClient
import OpsModel
import TestSupport
import Testing

@testable import Probes

/// What a probe leaves behind, and what it must never touch.
@Suite struct BucketTracesTests: BucketFixture {
    private let hex = "0123456789abcdef0123456789abcdef"

    /// A store may name its objects by digests: the sweep is for canaries only.
    @Test func objectsOfOthersAreNeverSweptHoweverTheyAreNamed() async throws {
        try await withScratchDirectory { folder async throws in
            let store = DirectoryBucket(existing: folder)
            let foreign = ["blobs/\(hex)", "blobs/\(hex).parts", "blobs/opsctl-canary-\(hex.dropLast())g"]
            let mine = "blobs/opsctl-canary-\(hex)"
            for key in foreign + [mine] {
                try await store.put(key, .bytes([1]), contentType: "application/octet-stream")
            }
            let old = Date() - 2 * 86_400
            for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
                try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: "\(folder)/\(name)")
            }
            let expectation = BucketExpectation(
                store: .directory(store), canaryPrefix: "blobs/", refusesAnonymous: true, testsPresigned: true,
                authorityFile: nil)
            let target = ProbeTarget(
                name: "files", subject: BucketSubject(.directory(store), expectation), timeout: .seconds(20))
            let report = await ProbeRun(environment: "test", targets: [target]).once()
            #expect(report.verdict == .pass, "\(report.troubles)")
            let left = try await store.list(prefix: "blobs/", limit: 100).map(\.key)
            #expect(Set(left) == Set(foreign))
        }
    }

    @Test(arguments: [
        ("opsctl-canary/opsctl-canary-0123456789abcdef0123456789abcdef", true),
        ("opsctl-canary/opsctl-canary-0123456789abcdef0123456789abcdef.parts", true),
        ("opsctl-canary/0123456789abcdef0123456789abcdef", false),
        ("opsctl-canary/opsctl-canary-0123456789abcdef0123456789abcdef.pdf", false),
        ("opsctl-canary/opsctl-canary-0123456789abcdef", false),
        ("opsctl-canary-0123456789abcdef0123456789abcdef", false),
    ])
    func onlyNamesThatThisProgramGivesAreCanaries(_ key: String, _ isCanary: Bool) {
        let expectation = BucketExpectation(
            store: .directory(DirectoryBucket(existing: "/")), canaryPrefix: "opsctl-canary/", refusesAnonymous: true,
            testsPresigned: true, authorityFile: nil)
        #expect(expectation.isCanary(key) == isCanary)
    }

    @Test(.enabled(if: Requirement.radosgw.isMet, "radosgw is not installed"))
    func aVersionedBucketKeepsNoVersionOfACanary() async throws {
        try await withRadosGateway { test async throws in
            let bucket = try bucket(test)
            try await bucket.create()
            try await set(
                bucket, "versioning",
                "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>")
            let checks = await checks(bucket, profile: .deep)
            #expect(checks["delete"]?.status == .pass)
            #expect(checks["delete"]?.observed.contains("versions") == true, "\(String(describing: checks["delete"]))")
            let left = try await bucket.answer(to: S3Request("GET", .bucket, query: [("versions", "")]))
            #expect(!left.text.contains("opsctl-canary-"), "\(left.text)")
        }
    }

    @Test(.enabled(if: Requirement.radosgw.isMet, "radosgw is not installed"))
    func aCancelledLookRemovesItsCanary() async throws {
        try await withRadosGateway { test async throws in
            let bucket = try bucket(test)
            try await bucket.create()
            for pause in [5, 20, 40, 80, 160] {
                let run = Task { await checks(bucket, profile: .deep) }
                try await Task.sleep(for: .milliseconds(pause))
                run.cancel()
                _ = await run.value
                let left = try await bucket.list(prefix: "opsctl-canary/", limit: 100).map(\.key)
                #expect(left == [], "cancelled after \(pause) ms")
                let uploads = try await bucket.unfinishedUploads(prefix: "opsctl-canary/")
                #expect(uploads.map(\.key) == [], "cancelled after \(pause) ms")
            }
        }
    }
}
