import Cryptography
package import Foundation
package import OpsModel

/// Keys of an S3 account; `token` belongs to temporary credentials.
package struct S3Credentials: Sendable {
    package var accessKey: String
    package var secretKey: Secret
    package var token: Secret?

    package init(accessKey: String, secretKey: Secret, token: Secret? = nil) {
        (self.accessKey, self.secretKey, self.token) = (accessKey, secretKey, token)
    }
}

/// AWS Signature Version 4 (AWS General Reference, "Signing AWS API requests"; S3 API Reference, "Authenticating Requests").
///
/// Paths are encoded once, as S3 wants them; other services encode twice.
package struct SigV4: Sendable {
    package var credentials: S3Credentials
    package var region: String
    package var service: String

    package init(credentials: S3Credentials, region: String, service: String = "s3") {
        (self.credentials, self.region, self.service) = (credentials, region, service)
    }

    /// What is signed: `path` and `query` decoded, `headers` without host.
    package struct Request: Sendable {
        package var method: String
        package var host: String
        package var path: String
        package var query: [(name: String, value: String)]
        package var headers: [(name: String, value: String)]
        /// Lower-case hex SHA-256 of the body, or `UNSIGNED-PAYLOAD`.
        package var payloadHash: String

        package init(
            method: String, host: String, path: String, query: [(name: String, value: String)] = [],
            headers: [(name: String, value: String)] = [], payloadHash: String
        ) {
            (self.method, self.host, self.path, self.query) = (method, host, path, query)
            (self.headers, self.payloadHash) = (headers, payloadHash)
        }
    }

    package static let unsignedPayload = "UNSIGNED-PAYLOAD"

    /// The headers to send: the given ones, `x-amz-date`, S3's `x-amz-content-sha256`, the token's, and `authorization`.
    package func signedHeaders(for request: Request, at date: Date) -> [(name: String, value: String)] {
        let stamp = Self.timestamp(date)
        var headers = request.headers.map { (name: $0.name.lowercased(), value: Self.trimmed($0.value)) }
        headers += [(name: "host", value: request.host), (name: "x-amz-date", value: stamp)]
        if service == "s3" { headers.append((name: "x-amz-content-sha256", value: request.payloadHash)) }
        if let token = credentials.token { headers.append((name: "x-amz-security-token", value: token.reveal())) }
        headers.sort { $0.name < $1.name }
        let names = headers.map(\.name).joined(separator: ";")
        let canonical = [
            request.method, Self.encoded(request.path, keepingSlash: true), Self.canonicalQuery(request.query),
            headers.map { "\($0.name):\($0.value)\n" }.joined(), names, request.payloadHash,
        ].joined(separator: "\n")
        let authorization =
            "AWS4-HMAC-SHA256 Credential=\(credentials.accessKey)/\(scope(stamp)), SignedHeaders=\(names), "
            + "Signature=\(signature(of: canonical, stamp))"
        return headers.filter { $0.name != "host" } + [(name: "authorization", value: authorization)]
    }

    /// A URL that lets its holder do `request` until `expires` after `date`; only the host header is signed.
    package func presignedURL(for request: Request, scheme: String, at date: Date, expires: Duration) -> Secret {
        let stamp = Self.timestamp(date)
        var query = request.query
        query += [
            (name: "X-Amz-Algorithm", value: "AWS4-HMAC-SHA256"),
            (name: "X-Amz-Credential", value: "\(credentials.accessKey)/\(scope(stamp))"),
            (name: "X-Amz-Date", value: stamp),
            (name: "X-Amz-Expires", value: String(expires.components.seconds)),
            (name: "X-Amz-SignedHeaders", value: "host"),
        ]
        if let token = credentials.token { query.append((name: "X-Amz-Security-Token", value: token.reveal())) }
        let path = Self.encoded(request.path, keepingSlash: true)
        let canonicalQuery = Self.canonicalQuery(query)
        let canonical = [
            request.method, path, canonicalQuery, "host:\(request.host)\n", "host", Self.unsignedPayload,
        ].joined(separator: "\n")
        let signature = signature(of: canonical, stamp)
        return Secret("\(scheme)://\(request.host)\(path)?\(canonicalQuery)&X-Amz-Signature=\(signature)")
    }

    private func scope(_ stamp: String) -> String { "\(stamp.prefix(8))/\(region)/\(service)/aws4_request" }

    private func signature(of canonical: String, _ stamp: String) -> String {
        let toSign = ["AWS4-HMAC-SHA256", stamp, scope(stamp), hex(sha256(canonical.utf8))].joined(separator: "\n")
        let parts = [String(stamp.prefix(8)), region, service, "aws4_request"]
        let key = parts.reduce(Array("AWS4\(credentials.secretKey.reveal())".utf8)) { hmacSHA256(key: $0, $1.utf8) }
        return hex(hmacSHA256(key: key, toSign.utf8))
    }

    /// `20130524T000000Z`.
    static func timestamp(_ date: Date) -> String {
        String(rfc3339(date).prefix(19)).replacing("-", with: "").replacing(":", with: "") + "Z"
    }

    private static func trimmed(_ value: String) -> String {
        value.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
    }

    /// Sorted by encoded name, then value, as the specification demands.
    package static func canonicalQuery(_ query: [(name: String, value: String)]) -> String {
        query.map { (encoded($0.name, keepingSlash: false), encoded($0.value, keepingSlash: false)) }
            .sorted { $0 < $1 }.map { "\($0.0)=\($0.1)" }.joined(separator: "&")
    }

    /// Percent-encodes every byte but RFC 3986's unreserved ones.
    package static func encoded(_ text: String, keepingSlash: Bool) -> String {
        let unreserved = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
        let digits = Array("0123456789ABCDEF".utf8)
        var output: [UInt8] = []
        for byte in text.utf8 {
            if unreserved.contains(byte) || (keepingSlash && byte == UInt8(ascii: "/")) {
                output.append(byte)
            } else {
                output += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: output, as: UTF8.self)
    }
}
