import Blocking
import Cryptography
package import Foundation
package import HTTPClient
package import OpsModel

/// Where an S3 bucket is and how it is addressed.
package struct S3Location: Sendable, Equatable, CustomStringConvertible {
    package enum Addressing: String, Codable, Sendable { case path, virtual }

    /// `http` or `https`.
    package var scheme: String
    /// Host with its port where that is not the scheme's own, as sent in the Host header.
    package var host: String
    package var region: String
    package var bucket: String
    package var addressing: Addressing
    package var authorityFile: String?

    /// `endpoint` is a base URL such as `https://s3.eu-west-1.amazonaws.com`.
    package init(endpoint: String, region: String, bucket: String, addressing: Addressing, authorityFile: String? = nil)
        throws(BucketError)
    {
        guard let parts = URLComponents(string: endpoint), let scheme = parts.scheme,
            ["http", "https"].contains(scheme), let name = parts.host,
            parts.user == nil, parts.query == nil
        else { throw .configuration("`\(printableURL(endpoint))` is not an http or https URL") }
        guard !bucket.isEmpty else { throw .configuration("the bucket has no name") }
        (self.scheme, self.region, self.bucket, self.addressing) = (scheme, region, bucket, addressing)
        self.authorityFile = authorityFile
        let base = parts.port.map { "\(name):\($0)" } ?? name
        host = addressing == .virtual ? "\(bucket).\(base)" : base
    }

    package var description: String { "\(scheme)://\(host)\(basePath)" }
    var basePath: String { addressing == .virtual ? "" : "/\(bucket)" }
    func path(_ key: String) -> String { "\(basePath)/\(key)" }
}

/// A bucket behind the S3 API, signed with Signature Version 4.
package struct S3Bucket: Bucket {
    package let place: S3Location
    private let signer: SigV4
    private let http: HTTPClient
    private var timeout: Duration
    private let now: @Sendable () -> Date

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
        let headers = [(name: "content-type", value: contentType)]
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

    /// A URL for anyone who holds it, valid for `expires` from now; `method` is GET or PUT.
    package func presignedURL(_ method: String, _ key: String, expires: Duration) throws -> Secret {
        try validate(key: key)
        let request = SigV4.Request(
            method: method, host: place.host, path: place.path(key), payloadHash: SigV4.unsignedPayload)
        return signer.presignedURL(for: request, scheme: place.scheme, at: now(), expires: expires)
    }

    /// The plain address of an object, as an anonymous caller would use it.
    package func anonymousURL(_ key: String) -> String {
        "\(place.scheme)://\(place.host)\(SigV4.encoded(place.path(key), keepingSlash: true))"
    }

    private func send(
        _ method: String, path: String, query: [(name: String, value: String)] = [],
        headers: [(name: String, value: String)] = [],
        body: HTTPBody = .none, payloadHash: String = hex(sha256([])), sink: HTTPSink = .memory(limit: 8 << 20)
    ) async throws -> HTTPResponse {
        let request = SigV4.Request(
            method: method, host: place.host, path: path, query: query, headers: headers, payloadHash: payloadHash)
        let signed = signer.signedHeaders(for: request, at: now())
        let queryText = query.isEmpty ? "" : "?" + SigV4.canonicalQuery(query)
        let url = "\(place.scheme)://\(place.host)\(SigV4.encoded(path, keepingSlash: true))\(queryText)"
        return try await http.send(
            HTTPRequest(
                method, url, headers: signed, body: body, sink: sink, timeout: timeout,
                authorityFile: place.authorityFile))
    }

    private func refusal(_ response: HTTPResponse, _ action: String, key: String? = nil) -> BucketError {
        let code = s3ErrorCode(response.text)
        if let key, response.status == 404, code != "NoSuchBucket" { return .absent(location: location, key: key) }
        let message = s3Element("Message", in: response.text) ?? ""
        return .refused(
            location: location, action: action, status: response.status, code: code ?? "no code", message: message)
    }
}

/// The `<Code>` of an S3 error document; nil when the text is none.
package func s3ErrorCode(_ document: String) -> String? { s3Element("Code", in: document) }

func s3Element(_ name: String, in document: String) -> String? {
    guard let start = document.range(of: "<\(name)>"),
        let end = document.range(of: "</\(name)>", range: start.upperBound..<document.endIndex)
    else { return nil }
    return String(document[start.upperBound..<end.lowerBound])
}

/// Reads the whole file, off the cooperative pool.
private func digest(ofFile path: String) async throws -> String {
    try await blocking(timeout: .seconds(600)) { _ in hex(try sha256(fileAt: path)) }
}
