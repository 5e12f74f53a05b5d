import BucketClient
import HTTPClient

/// Uploads an object of two parts, and begins another one that is aborted.
struct S3MultipartLook {
    let bucket: S3Bucket
    /// The same bucket with the time that is left for removing traces.
    let cleaning: S3Bucket
    let key: String
    let first: [UInt8]

    func look() async throws -> BucketSnapshot.Multipart {
        // The API's least size of every part but the last.
        let parts = [[UInt8](repeating: first.first ?? 0, count: 5 << 20), first]
        let whole = "\(key).parts"
        let upload = try await begin(whole)
        do {
            var tags: [String] = []
            for (index, part) in parts.enumerated() { tags.append(try await send(part, index + 1, whole, upload)) }
            try await complete(whole, upload, tags)
        } catch {
            await cleanUp(whole, upload)
            throw error
        }
        let stored = try await bucket.facts(of: whole)?.bytes ?? 0
        let unfinished = try await begin("\(key).aborted")
        do {
            _ = try await send(first, 1, "\(key).aborted", unfinished)
            let aborted = try await abort("\(key).aborted", unfinished)
            guard aborted.status == 204 else { throw bucket.refusal(aborted, "abort an upload") }
        } catch {
            await cleanUp("\(key).aborted", unfinished)
            throw error
        }
        // Asked with the right to put: listing the parts would need another one.
        let late = S3Request(
            "PUT", .object("\(key).aborted"), query: [("partNumber", "2"), ("uploadId", unfinished)], body: first)
        return .init(
            bytesSent: parts.map(\.count).reduce(0, +), bytesStored: stored,
            aborted: .init(try await bucket.answer(to: late)))
    }

    /// The first error is the one that counts; what stays all the same is found by the sweep of a later run.
    private func cleanUp(_ name: String, _ upload: String) async {
        let request = S3Request("DELETE", .object(name), query: [("uploadId", upload)])
        _ = await shielded { await Observation<Bool>.look { try await cleaning.answer(to: request).status == 204 } }
    }

    /// Not to be cancelled: an upload that was begun and whose identifier got lost could not be aborted.
    private func begin(_ name: String) async throws -> String {
        try await shielded { await Observation<String>.look { try await beginNow(name) } }.get()
    }

    private func beginNow(_ name: String) async throws -> String {
        let response = try await bucket.answer(to: S3Request("POST", .object(name), query: [("uploads", "")]))
        guard response.status == 200, let id = s3Element("UploadId", in: response.text) else {
            throw bucket.refusal(response, "begin an upload in parts")
        }
        return id
    }

    private func send(_ part: [UInt8], _ number: Int, _ name: String, _ upload: String) async throws -> String {
        let query = [(name: "partNumber", value: "\(number)"), (name: "uploadId", value: upload)]
        let response = try await bucket.answer(to: S3Request("PUT", .object(name), query: query, body: part))
        guard response.status == 200, let tag = response.header("etag") else {
            throw bucket.refusal(response, "store a part")
        }
        return tag
    }

    /// The answer is 200 even for some failures, which stand in its body.
    private func complete(_ name: String, _ upload: String, _ tags: [String]) async throws {
        let parts = tags.enumerated().map {
            "<Part><PartNumber>\($0 + 1)</PartNumber><ETag>\($1)</ETag></Part>"
        }
        let body = "<CompleteMultipartUpload>\(parts.joined())</CompleteMultipartUpload>"
        let request = S3Request("POST", .object(name), query: [("uploadId", upload)], body: Array(body.utf8))
        let response = try await bucket.answer(to: request)
        guard response.status == 200, s3ErrorCode(response.text) == nil else {
            throw bucket.refusal(response, "complete an upload in parts")
        }
    }

    private func abort(_ name: String, _ upload: String) async throws -> HTTPResponse {
        try await bucket.answer(to: S3Request("DELETE", .object(name), query: [("uploadId", upload)]))
    }
}
