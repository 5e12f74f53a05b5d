import Cryptography
package import Foundation
import Glibc
package import HTTPClient

/// One request of the S3 API, for callers that judge the answer themselves.
package struct S3Request: Sendable {
    package enum Subject: Sendable {
        case service, bucket
        case object(String)
    }

    package var method: String
    package var subject: Subject
    package var query: [(name: String, value: String)]
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    /// Without a signature it is anybody's request.
    package var isSigned = true
    /// `http` or `https` in place of the endpoint's own.
    package var scheme: String?

    package init(
        _ method: String, _ subject: Subject, query: [(name: String, value: String)] = [],
        headers: [(name: String, value: String)] = [], body: [UInt8] = []
    ) {
        (self.method, self.subject, self.query) = (method, subject, query)
        (self.headers, self.body) = (headers, body)
    }

    /// `GET ?name` of the bucket: one part of its configuration.
    package static func configuration(_ name: String) -> S3Request { S3Request("GET", .bucket, query: [(name, "")]) }

    /// The same request as anybody may send it.
    package var unsigned: S3Request {
        var copy = self
        copy.isSigned = false
        return copy
    }
}

/// When an answer came, by this machine's clock and by the server's.
package struct S3Exchange: Sendable {
    package let sentAt: Date
    package let receivedAt: Date
    /// The `Date` header.
    package let serverDate: String?

    /// Seconds between both clocks beyond what the exchange's own length and the header's whole seconds explain: positive when
    /// the server's is ahead. nil without a readable header.
    package var skew: Double? {
        guard let serverDate, let start = Self.date(serverDate) else { return nil }
        let end = start + 1
        if start > receivedAt { return start.timeIntervalSince(receivedAt) }
        if end < sentAt { return end.timeIntervalSince(sentAt) }
        return 0
    }

    /// RFC 9110, section 5.6.7: `Sun, 06 Nov 1994 08:49:37 GMT`.
    private static func date(_ text: String) -> Date? {
        let words = text.split { $0 == " " || $0 == ":" || $0 == "," }.map(String.init)
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard words.count == 8, words[7] == "GMT", let month = months.firstIndex(of: words[2]) else { return nil }
        let numbers = [words[1], words[3], words[4], words[5], words[6]].compactMap { Int32($0) }
        guard numbers.count == 5 else { return nil }
        var parts = tm()
        (parts.tm_mday, parts.tm_mon, parts.tm_year) = (numbers[0], Int32(month), numbers[1] - 1900)
        (parts.tm_hour, parts.tm_min, parts.tm_sec) = (numbers[2], numbers[3], numbers[4])
        return Date(timeIntervalSince1970: Double(timegm(&parts)))
    }
}

extension S3Bucket {
    /// Sends one request and returns whatever the answer is. - Throws: `HTTPError`.
    package func answer(to request: S3Request) async throws -> HTTPResponse {
        let (host, path): (String, String) =
            switch request.subject {
            case .service: (place.serviceHost, "/")
            case .bucket: (place.host, place.basePath + "/")
            case .object(let key): (place.host, place.path(key))
            }
        let message = SigV4.Request(
            method: request.method, host: host, path: path, query: request.query, headers: request.headers,
            payloadHash: hex(sha256(request.body)))
        return try await send(
            message, signed: request.isSigned, scheme: request.scheme ?? place.scheme,
            body: request.body.isEmpty ? .none : .bytes(request.body))
    }

    /// Every object below `prefix`, page by page; stops with `isWhole` false above `limit`.
    package func listAll(prefix: String, limit: Int) async throws -> (objects: [ObjectFacts], isWhole: Bool) {
        var objects: [ObjectFacts] = []
        var token: String?
        repeat {
            var query = [(name: "list-type", value: "2"), (name: "prefix", value: prefix)]
            if let token { query.append((name: "continuation-token", value: token)) }
            let response = try await answer(to: S3Request("GET", .bucket, query: query))
            guard response.status == 200 else { throw refusal(response, "list objects") }
            objects += try ListingParser.objects(in: response.body, location: location)
            token = s3Element("NextContinuationToken", in: response.text)
        } while token != nil && objects.count < limit
        return (objects, token == nil)
    }
}

extension S3Bucket {
    /// An upload in parts that was begun and neither completed nor aborted.
    package struct UnfinishedUpload: Sendable {
        package let key: String
        package let id: String
        package let initiated: Date
    }

    /// The first page of unfinished uploads below `prefix`.
    package func unfinishedUploads(prefix: String) async throws -> [UnfinishedUpload] {
        let query = [(name: "uploads", value: ""), (name: "prefix", value: prefix)]
        let response = try await answer(to: S3Request("GET", .bucket, query: query))
        guard response.status == 200 else { throw refusal(response, "list unfinished uploads") }
        return try response.text.components(separatedBy: "<Upload>").dropFirst().compactMap { part in
            guard let key = s3Element("Key", in: part), let id = s3Element("UploadId", in: part),
                let time = s3Element("Initiated", in: part)
            else { return nil }
            let style = Date.ISO8601FormatStyle(includingFractionalSeconds: time.contains("."))
            return UnfinishedUpload(key: key, id: id, initiated: try style.parse(time))
        }
    }

    package func abort(_ upload: UnfinishedUpload) async throws {
        let request = S3Request("DELETE", .object(upload.key), query: [("uploadId", upload.id)])
        let response = try await answer(to: request)
        guard [204, 404].contains(response.status) else { throw refusal(response, "abort an upload") }
    }

    /// Removes every version and delete marker of the objects below `prefix`, at most a page of them.
    /// - Returns: how many. - Throws: `BucketError` at the first that is refused.
    package func removeVersions(prefix: String) async throws -> Int {
        let query = [(name: "versions", value: ""), (name: "prefix", value: prefix)]
        let response = try await answer(to: S3Request("GET", .bucket, query: query))
        guard response.status == 200 else { throw refusal(response, "list versions") }
        let entries = ["<Version>", "<DeleteMarker>"].flatMap {
            response.text.components(separatedBy: $0).dropFirst()
        }
        var count = 0
        for entry in entries {
            guard let key = s3Element("Key", in: entry), key.hasPrefix(prefix),
                let version = s3Element("VersionId", in: entry)
            else { continue }
            let request = S3Request("DELETE", .object(key), query: [("versionId", version)])
            let answer = try await answer(to: request)
            guard [200, 204, 404].contains(answer.status) else { throw refusal(answer, "delete a version") }
            count += 1
        }
        return count
    }
}

/// The value of `Content-MD5` (RFC 1864).
package func contentMD5(_ bytes: [UInt8]) -> String { Data(md5(bytes)).base64EncodedString() }
