import Foundation
import HTTPClient

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

    /// Host of the endpoint itself, without the bucket.
    var serviceHost: String { addressing == .virtual ? String(host.dropFirst(bucket.count + 1)) : host }
    package var description: String { "\(scheme)://\(host)\(basePath)" }
    var basePath: String { addressing == .virtual ? "" : "/\(bucket)" }
    func path(_ key: String) -> String { "\(basePath)/\(key)" }
}
