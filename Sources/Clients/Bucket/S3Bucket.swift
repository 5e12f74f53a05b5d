import Blocking
import Cryptography
package import Foundation
package import HTTPClient
package import OpsModel

/// A bucket behind the S3 API, signed with Signature Version 4.
package struct S3Bucket: Bucket {
    package let place: S3Location
    /// Addresses to connect to in place of asking the resolver for the endpoint's host.
    package var addresses: [String] = []
    /// Hears of every answer.
    package var observer: (@Sendable (S3Exchange) -> Void)?
    let signer: SigV4
    var http: HTTPClient
    var timeout: Duration
    let now: @Sendable () -> Date

    package init(
        _ place: S3Location, credentials: S3Credentials, http: HTTPClient, timeout: Duration = .seconds(30),
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        (self.place, self.http, self.timeout, self.now) = (place, http, timeout, now)
        signer = SigV4(credentials: credentials, region: place.region)
    }

    package var location: String { place.description }

    /// The same bucket with another limit for each exchange.
    package func limited(to timeout: Duration) -> S3Bucket {
        var copy = self
        copy.timeout = timeout
        return copy
    }

    /// The same bucket with connections of its own: requests that follow each other share one.
    package func withOwnConnections() -> S3Bucket {
        var copy = self
        copy.http = HTTPClient()
        return copy
    }

    /// Another bucket of the same endpoint, with the same key.
    package func sibling(_ name: String) throws(BucketError) -> S3Bucket {
        let place = try S3Location(
            endpoint: "\(place.scheme)://\(place.serviceHost)", region: place.region, bucket: name,
            addressing: place.addressing, authorityFile: place.authorityFile)
        return S3Bucket(place, credentials: signer.credentials, http: http, timeout: timeout, now: now)
    }

    /// Creates the bucket; one that the same account owns already is fine.
    package func create() async throws {
        let response = try await send("PUT", path: place.basePath + "/")
        guard response.status != 200, s3ErrorCode(response.text) != "BucketAlreadyOwnedByYou" else { return }
        throw refusal(response, "create the bucket")
    }

    package func put(_ key: String, _ content: BucketContent, contentType: String) async throws {
        try validate(key: key)
        let (body, hash): (HTTPBody, String) =
            switch content {
            case .bytes(let bytes): (.bytes(bytes), hex(sha256(bytes)))
            case .file(let path): (.file(path: path), try await digest(ofFile: path))
            }
        var headers = [(name: "content-type", value: contentType)]
        // Buckets with a default retention demand it, and any store finds damage by it.
        if case .bytes(let bytes) = content { headers.append(("content-md5", contentMD5(bytes))) }
        let response = try await send("PUT", path: place.path(key), headers: headers, body: body, payloadHash: hash)
        guard response.status == 200 else { throw refusal(response, "store an object") }
    }

    package func get(_ key: String, limit: Int) async throws -> [UInt8] {
        try validate(key: key)
        do {
            let response = try await send("GET", path: place.path(key), sink: .memory(limit: limit))
            guard response.status == 200 else { throw refusal(response, "read an object", key: key) }
            return response.body
        } catch HTTPError.tooLarge {
            throw BucketError.tooLarge(location: location, key: key, limit: limit)
        }
    }

    package func download(_ key: String, to path: String) async throws {
        guard try await facts(of: key) != nil else { throw BucketError.absent(location: location, key: key) }
        let response = try await send("GET", path: place.path(key), sink: .file(path: path, limit: .max))
        guard response.status == 200 else { throw refusal(response, "read an object", key: key) }
    }

    package func facts(of key: String) async throws -> ObjectFacts? {
        try validate(key: key)
        let response = try await send("HEAD", path: place.path(key))
        if response.status == 404 { return nil }
        guard response.status == 200 else { throw refusal(response, "look at an object") }
        guard let size = response.header("content-length").flatMap({ Int($0) }) else {
            throw BucketError.unreadable(location: location, why: "HEAD without content-length")
        }
        return ObjectFacts(key: key, bytes: size, modified: response.header("last-modified") ?? "")
    }

    package func delete(_ key: String) async throws {
        try validate(key: key)
        let response = try await send("DELETE", path: place.path(key))
        guard [200, 204, 404].contains(response.status) else { throw refusal(response, "delete an object") }
    }

    package func list(prefix: String, limit: Int) async throws -> [ObjectFacts] {
        let query = [
            (name: "list-type", value: "2"), (name: "prefix", value: prefix),
            (name: "max-keys", value: String(min(limit, 1000))),
        ]
        let response = try await send("GET", path: place.basePath + "/", query: query)
        guard response.status == 200 else { throw refusal(response, "list objects") }
        return try ListingParser.objects(in: response.body, location: location)
    }

    /// A URL for anyone who holds it, valid for `expires` from `signedAt`, which is now by default; `method` is GET or PUT.
    package func presignedURL(
        _ method: String, _ key: String, expires: Duration, signedAt: Date? = nil
    ) throws -> Secret {
        try validate(key: key)
        let request = SigV4.Request(
            method: method, host: place.host, path: place.path(key), payloadHash: SigV4.unsignedPayload)
        return signer.presignedURL(for: request, scheme: place.scheme, at: signedAt ?? now(), expires: expires)
    }

    private func send(
        _ method: String, path: String, query: [(name: String, value: String)] = [],
        headers: [(name: String, value: String)] = [],
        body: HTTPBody = .none, payloadHash: String = hex(sha256([])), sink: HTTPSink = .memory(limit: 8 << 20)
    ) async throws -> HTTPResponse {
        let request = SigV4.Request(
            method: method, host: place.host, path: path, query: query, headers: headers, payloadHash: payloadHash)
        return try await send(request, signed: true, scheme: place.scheme, body: body, sink: sink)
    }

    func send(
        _ request: SigV4.Request, signed: Bool, scheme: String, body: HTTPBody, sink: HTTPSink = .memory(limit: 8 << 20)
    ) async throws -> HTTPResponse {
        let queryText = request.query.isEmpty ? "" : "?" + SigV4.canonicalQuery(request.query)
        let url = "\(scheme)://\(request.host)\(SigV4.encoded(request.path, keepingSlash: true))\(queryText)"
        var message = HTTPRequest(
            request.method, url, headers: signed ? signer.signedHeaders(for: request, at: now()) : request.headers,
            body: body, sink: sink, timeout: timeout, authorityFile: place.authorityFile)
        message.addresses = addresses
        let sentAt = now()
        let response = try await http.send(message)
        observer?(S3Exchange(sentAt: sentAt, receivedAt: now(), serverDate: response.header("date")))
        return response
    }

    /// The error that an answer other than the expected one amounts to.
    package func refusal(_ response: HTTPResponse, _ action: String, key: String? = nil) -> BucketError {
        let code = s3ErrorCode(response.text)
        if let key, response.status == 404, code != "NoSuchBucket" { return .absent(location: location, key: key) }
        let message = s3Element("Message", in: response.text) ?? ""
        return .refused(
            location: location, action: action, status: response.status, code: code ?? "no code", message: message)
    }
}

/// Reads the whole file, off the cooperative pool.
private func digest(ofFile path: String) async throws -> String {
    try await blocking(timeout: .seconds(600)) { _ in hex(try sha256(fileAt: path)) }
}
