import BucketClient
import Foundation
import OpsModel
import PostgresClient
import RedisClient
import TestSupport
import Testing

@Suite struct ServerURLTests {
    @Test(arguments: [0, 65536, 70000]) func aPortThatIsNoneIsRefused(_ port: Int) {
        #expect(throws: PostgresURLError.parameter("port", "\(port)")) {
            try PostgresURL(Secret("postgresql://a:b@h:\(port)/d"))
        }
        #expect(throws: RedisURLError.invalid("`\(port)` is not a port")) {
            try RedisURL(Secret("rediss://a:b@h:\(port)/0"))
        }
    }

    @Test func aRefusedEndpointIsNamedWithoutItsCredentials() {
        let error = #expect(throws: BucketError.self) {
            try S3Location(endpoint: "https://ann:hunter2@h/", region: "r", bucket: "b", addressing: .path)
        }
        #expect(error?.diagnostic.why == "`https://h/` is not an http or https URL")
    }

    @Test func anExistingFolderIsUsedAndAMissingOneIsNotMade() async throws {
        try await withScratchDirectory { folder in
            let bucket = DirectoryBucket(existing: "\(folder)/b")
            await #expect(throws: BucketError.self) { try await bucket.put("k", .bytes([1]), contentType: "a/b") }
            await #expect(throws: BucketError.self) { try await bucket.list(prefix: "", limit: 1) }
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/b"))
        }
    }
}
