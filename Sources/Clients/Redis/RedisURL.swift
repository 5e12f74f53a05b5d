import Foundation
package import OpsModel

/// A parsed `redis://` or `rediss://` URL (IANA provisional registration). Its description carries no password.
package struct RedisURL: Sendable, CustomStringConvertible {
    package var host: String
    package var port: Int
    package var usesTLS: Bool
    package var user: String?
    package var password: Secret?
    package var database: Int
    /// PEM file with trusted roots, from the query parameter `cacert`; nil means the system's.
    package var authorityFile: String?
    /// Addresses to connect to in place of asking the resolver for `host`; the certificate is still that of `host`.
    package var addresses: [String] = []

    package init(
        host: String, port: Int, usesTLS: Bool, user: String?, password: Secret?, database: Int, authorityFile: String?
    ) {
        (self.host, self.port, self.usesTLS, self.user, self.password) = (host, port, usesTLS, user, password)
        (self.database, self.authorityFile) = (database, authorityFile)
    }

    /// Reads `rediss://user:password@host:port/0?cacert=/path/ca.crt`.
    package init(_ url: Secret) throws(RedisURLError) {
        guard let parts = URLComponents(string: url.reveal()), let scheme = parts.scheme else {
            throw .invalid("it is not a URL")
        }
        guard scheme == "redis" || scheme == "rediss" else {
            throw .invalid("the scheme is `\(scheme)`, expected rediss")
        }
        guard let host = parts.host, !host.isEmpty else { throw .invalid("it has no host") }
        if let port = parts.port, !(1...65535).contains(port) { throw .invalid("`\(port)` is not a port") }
        let path = parts.path.drop { $0 == "/" }
        guard let database = path.isEmpty ? 0 : Int(path), database >= 0 else {
            throw .invalid("the path is not a database number")
        }
        self.init(
            host: host.trimmingCharacters(in: ["[", "]"]), port: parts.port ?? 6379, usesTLS: scheme == "rediss",
            user: parts.user.flatMap { $0.isEmpty ? nil : $0 }, password: parts.password.map(Secret.init),
            database: database,
            authorityFile: nil)
        for item in parts.queryItems ?? [] {
            guard item.name == "cacert" else {
                throw .invalid("the parameter `\(item.name)` is not supported; cacert is")
            }
            authorityFile = item.value
        }
    }

    package var endpoint: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    package var description: String {
        "\(usesTLS ? "rediss" : "redis")://\(user.map { "\($0)@" } ?? "")\(endpoint)/\(database)"
    }
}

/// The stored form leaves out the password and the addresses: a URL that was read back can be named, not used.
extension RedisURL: Codable {
    private enum CodingKeys: String, CodingKey {
        case host, port, user, database
        case usesTLS = "tls"
        case authorityFile = "authority"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            host: try container.decode(String.self, forKey: .host), port: try container.decode(Int.self, forKey: .port),
            usesTLS: try container.decode(Bool.self, forKey: .usesTLS),
            user: try container.decodeIfPresent(String.self, forKey: .user), password: nil,
            database: try container.decode(Int.self, forKey: .database),
            authorityFile: try container.decodeIfPresent(String.self, forKey: .authorityFile))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(host, forKey: .host)
        try container.encode(port, forKey: .port)
        try container.encode(usesTLS, forKey: .usesTLS)
        try container.encodeIfPresent(user, forKey: .user)
        try container.encode(database, forKey: .database)
        try container.encodeIfPresent(authorityFile, forKey: .authorityFile)
    }
}

package enum RedisURLError: DiagnosableError, Equatable {
    case invalid(String)

    package var diagnostic: Diagnostic {
        switch self {
        case .invalid(let why):
            Diagnostic(
                "redis.url", what: "cannot read the Redis URL", place: "the URL's text (not shown)", why: why,
                fix: "write rediss://USER:PASSWORD@HOST:PORT/0?cacert=/path/ca.crt")
        }
    }
}
