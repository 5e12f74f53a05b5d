/// What travels with a request.
package enum HTTPBody: Sendable {
    case none
    case bytes([UInt8])
    /// Streamed from disk; the size is taken when the request starts.
    case file(path: String)
}

/// Where the response's body goes.
package enum HTTPSink: Sendable {
    /// Kept in memory; a longer body is `HTTPError.tooLarge`.
    case memory(limit: Int)
    /// Written to a new file (mode 0600); it is left in place, possibly incomplete, when the transfer fails.
    case file(path: String, limit: Int)
    /// Handed over piece by piece as it arrives; return false to end the transfer early without an error.
    case each(@Sendable ([UInt8]) -> Bool)
}

package struct HTTPRequest: Sendable {
    package var method: String
    package var url: String
    package var headers: [(name: String, value: String)]
    package var body: HTTPBody
    package var sink: HTTPSink
    /// Covers everything from name resolution to the last byte.
    package var timeout: Duration
    package var maximumRedirects: Int
    /// PEM file with trusted roots; nil means the system's.
    package var authorityFile: String?
    /// Addresses to connect to in place of asking the resolver for the URL's host; the certificate is still that of the host.
    package var addresses: [String] = []
    /// Offered to the server; nil offers none.
    package var clientCertificate: ClientCertificate?
    package var version = HTTPVersion.http11
    /// Takes a connection of its own, which is closed afterwards.
    package var usesFreshConnection = false
    /// Takes status and headers as soon as they are there, before any of the body.
    package var onHead: (@Sendable (HTTPHead) -> Void)?

    package init(
        _ method: String, _ url: String, headers: [(name: String, value: String)] = [], body: HTTPBody = .none,
        sink: HTTPSink = .memory(limit: 8 << 20), timeout: Duration = .seconds(10), maximumRedirects: Int = 0,
        authorityFile: String? = nil
    ) {
        (self.method, self.url, self.headers, self.body, self.sink) = (method, url, headers, body, sink)
        (self.timeout, self.maximumRedirects, self.authorityFile) = (timeout, maximumRedirects, authorityFile)
    }
}

/// PEM files with a client's certificate and its key.
package struct ClientCertificate: Sendable, Equatable {
    package let certificateFile: String
    package let keyFile: String

    package init(certificateFile: String, keyFile: String) {
        (self.certificateFile, self.keyFile) = (certificateFile, keyFile)
    }
}

/// The version that is asked for; over TLS a server may choose 1.1 where 2 is offered.
package enum HTTPVersion: String, Codable, Sendable, CaseIterable {
    case http11 = "1.1"
    case http2 = "2"
}

package struct HTTPHead: Sendable {
    package let status: Int
    /// Names in lower case, in the order received.
    package let headers: [(name: String, value: String)]
}

/// When each phase was over, counted from the start of the request (libcurl's CURLINFO_*_TIME_T).
package struct HTTPTimings: Sendable, Equatable {
    package var nameLookup: Duration
    package var connect: Duration
    package var tls: Duration
    package var firstByte: Duration
    package var total: Duration
}

package struct HTTPResponse: Sendable {
    package var status: Int
    /// Names in lower case, in the order received; those of the last response when redirects were followed.
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    package var timings: HTTPTimings
    package var remoteAddress: String
    /// `1.0`, `1.1` or `2`.
    package var version: String

    package func header(_ name: String) -> String? {
        headers.first { $0.name == name.lowercased() }?.value
    }

    package var text: String { String(decoding: body, as: UTF8.self) }
}
