import BucketClient
import Foundation
import HTTPClient
import OpsModel
import TestSupport
import Testing

/// What both kinds of bucket promise, against a real S3 server and a real folder.
@Suite struct BucketTests {
    enum Kind: String, CaseIterable, Sendable {
        case directory, s3

        var isAvailable: Bool { self == .directory || Requirement.radosgw.isMet }
    }

    static let kinds = Kind.allCases.filter(\.isAvailable)
    static let oddKeys = ["plain", "a b+c%.txt", "dir/ü日本 & <x>'\"", "~-._/=?#", "%2F%00", "..hidden", "a.tmp.b"]

    @Test(arguments: kinds, oddKeys) func anObjectUnderAnyKeyLivesAndDies(_ kind: Kind, _ key: String) async throws {
        try await withBucket(kind) { bucket in
            let content = Array("content of \(key)".utf8)
            #expect(try await bucket.facts(of: key) == nil)
            try await bucket.put(key, .bytes(content), contentType: "text/plain")
            #expect(try await bucket.get(key, limit: 1 << 20) == content)
            #expect(try await bucket.facts(of: key)?.bytes == content.count)
            #expect(try await bucket.list(prefix: String(key.prefix(2)), limit: 10).map(\.key) == [key])
            try await bucket.delete(key)
            try await bucket.delete(key)
            #expect(try await bucket.facts(of: key) == nil)
            await #expect(throws: BucketError.absent(location: bucket.location, key: key)) {
                _ = try await bucket.get(key, limit: 1 << 20)
            }
        }
    }

    @Test(arguments: kinds) func filesGoInAndOutUnchanged(_ kind: Kind) async throws {
        try await withBucket(kind) { bucket in
            try await withScratchDirectory { folder in
                let content = Data((0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
                try content.write(to: URL(filePath: "\(folder)/in"))
                try await bucket.put("big", .file(path: "\(folder)/in"), contentType: "application/pdf")
                try await bucket.download("big", to: "\(folder)/out")
                #expect(try Data(contentsOf: URL(filePath: "\(folder)/out")) == content)
                await #expect(throws: BucketError.tooLarge(location: bucket.location, key: "big", limit: 1000)) {
                    _ = try await bucket.get("big", limit: 1000)
                }
            }
        }
    }

    @Test(arguments: kinds, ["", "/lead", "a/../b", ".", String(repeating: "k", count: 1025)])
    func unusableKeysAreRefusedBeforeAnythingIsSent(_ kind: Kind, _ key: String) async throws {
        try await withBucket(kind) { bucket in
            await #expect(throws: BucketError.invalidKey(key)) {
                try await bucket.put(key, .bytes([1]), contentType: "x/y")
            }
        }
    }

    private func withBucket(_ kind: Kind, _ body: (any Bucket) async throws -> Void) async throws {
        switch kind {
        case .directory: try await withScratchDirectory { try await body(try DirectoryBucket(folder: "\($0)/bucket")) }
        case .s3:
            try await withRadosGateway { test in
                let bucket = try test.s3Bucket()
                try await bucket.create()
                try await body(bucket)
            }
        }
    }
}

extension TestBucket {
    func s3Bucket(secret: Secret? = nil) throws -> S3Bucket {
        let place = try S3Location(endpoint: endpoint, region: region, bucket: name, addressing: .path)
        return S3Bucket(
            place, credentials: S3Credentials(accessKey: accessKey, secretKey: secret ?? secretKey), http: HTTPClient())
    }
}

@Suite(.enabled(if: Requirement.radosgw.isMet, "radosgw is not installed")) struct S3BucketTests {
    @Test func aWrongSecretIsRefusedAsSuch() async throws {
        try await withRadosGateway { test in
            try await test.s3Bucket().create()
            let stranger = try test.s3Bucket(secret: Secret(String(repeating: "x", count: 40)))
            await #expect {
                try await stranger.put("key", .bytes([1]), contentType: "x/y")
            } throws: { error in
                if case BucketError.refused(_, _, 403, "SignatureDoesNotMatch", _) = error { true } else { false }
            }
        }
    }

    @Test func aPresignedURLWorksForItsKeyAndMethodUntilItExpires() async throws {
        try await withRadosGateway { test in
            let (bucket, http) = (try test.s3Bucket(), HTTPClient())
            try await bucket.create()
            try await bucket.put("a b+c", .bytes(Array("hello".utf8)), contentType: "text/plain")
            let url = try bucket.presignedURL("GET", "a b+c", expires: .seconds(60)).reveal()
            #expect(try await http.send(HTTPRequest("GET", url)).text == "hello")
            #expect(try await http.send(HTTPRequest("DELETE", url)).status == 403)
            #expect(try await http.send(HTTPRequest("GET", url.replacing("a%20b%2Bc", with: "other"))).status == 403)
            let past = S3Bucket(
                bucket.place, credentials: S3Credentials(accessKey: test.accessKey, secretKey: test.secretKey),
                http: http,
                now: { Date(timeIntervalSinceNow: -120) })
            let expired = try past.presignedURL("GET", "a b+c", expires: .seconds(60)).reveal()
            #expect(try await http.send(HTTPRequest("GET", expired)).status == 403)
        }
    }
}
