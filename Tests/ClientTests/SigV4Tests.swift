import BucketClient
import Cryptography
import Foundation
import OpsModel
import Testing

/// AWS's published examples: S3 API Reference, "Signature Calculations for the Authorization Header" and "Authenticating Requests:
/// Using Query Parameters"; and the AWS Signature Version 4 test suite (service `service`).
@Suite struct SigV4Tests {
    private let s3 = SigV4(
        credentials: S3Credentials(
            accessKey: "AKIAIOSFODNN7EXAMPLE", secretKey: Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")),
        region: "us-east-1")
    private let suite = SigV4(
        credentials: S3Credentials(
            accessKey: "AKIDEXAMPLE", secretKey: Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")),
        region: "us-east-1", service: "service")
    private let host = "examplebucket.s3.amazonaws.com"
    private let empty = hex(sha256([]))

    private func date(_ text: String) throws -> Date { try Date(text, strategy: .iso8601) }

    private func signature(_ headers: [(name: String, value: String)]) -> String? {
        headers.first { $0.name == "authorization" }?.value.components(separatedBy: "Signature=").last
    }

    private func s3Signature(_ request: SigV4.Request) throws -> String? {
        signature(s3.signedHeaders(for: request, at: try date("2013-05-24T00:00:00Z")))
    }

    @Test func signsTheExampleOfGettingAnObject() throws {
        let request = SigV4.Request(
            method: "GET", host: host, path: "/test.txt", headers: [("Range", "bytes=0-9")], payloadHash: empty)
        #expect(try s3Signature(request) == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
    }

    @Test func signsTheExampleOfPuttingAnObjectWithADollarSignInItsKey() throws {
        let headers = [("Date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY")]
        let request = SigV4.Request(
            method: "PUT", host: host, path: "/test$file.text", headers: headers.map { (name: $0.0, value: $0.1) },
            payloadHash: hex(sha256("Welcome to Amazon S3.".utf8)))
        #expect(try s3Signature(request) == "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd")
    }

    @Test func signsTheExampleOfAQueryWithoutValue() throws {
        let request = SigV4.Request(
            method: "GET", host: host, path: "/", query: [("lifecycle", "")], payloadHash: empty)
        #expect(try s3Signature(request) == "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")
    }

    @Test func sortsTheQueryOfTheListingExample() throws {
        let request = SigV4.Request(
            method: "GET", host: host, path: "/", query: [("prefix", "J"), ("max-keys", "2")], payloadHash: empty)
        #expect(try s3Signature(request) == "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")
    }

    @Test func presignsTheExampleOfAQueryString() throws {
        let request = SigV4.Request(method: "GET", host: host, path: "/test.txt", payloadHash: SigV4.unsignedPayload)
        let url = s3.presignedURL(
            for: request, scheme: "https", at: try date("2013-05-24T00:00:00Z"), expires: .seconds(86400)
        ).reveal()
        #expect(url.hasSuffix("X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"))
        #expect(url.hasPrefix("https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&"))
    }

    @Test func signsTheTestSuiteVectors() throws {
        let at = try date("2015-08-30T12:36:00Z")
        let vanilla = SigV4.Request(method: "GET", host: "example.amazonaws.com", path: "/", payloadHash: empty)
        #expect(
            signature(suite.signedHeaders(for: vanilla, at: at))
                == "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")
        var ordered = vanilla
        ordered.query = [("Param2", "value2"), ("Param1", "value1")]
        #expect(
            signature(suite.signedHeaders(for: ordered, at: at))
                == "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500")
    }

    @Test(arguments: [
        ("a b+c%.txt", "a%20b%2Bc%25.txt"), ("ü/日本", "%C3%BC/%E6%97%A5%E6%9C%AC"), ("~-._", "~-._"),
        ("=&?#", "%3D%26%3F%23"),
    ])
    func encodesEveryByteThatIsNotUnreserved(_ text: String, _ encoded: String) {
        #expect(SigV4.encoded(text, keepingSlash: true) == encoded)
    }
}
