import Foundation
package import OpsModel

/// How the connection is protected; the names are libpq's `sslmode` (PostgreSQL documentation, section 34.19).
package enum PostgresTLSMode: String, Codable, Sendable, CaseIterable {
    case disable, allow, prefer, require
    case verifyCA = "verify-ca"
    case verifyFull = "verify-full"

    /// Whether a stranger in the middle is noticed.
    package var verifiesServer: Bool { self == .verifyCA || self == .verifyFull }
}

/// A parsed `postgresql://` URL. Its description carries no password.
package struct PostgresURL: Sendable, CustomStringConvertible {
    package var host: String
    package var port: Int
    package var user: String
    package var password: Secret?
    package var database: String
    package var tlsMode: PostgresTLSMode
    package var authorityFile: String?
    /// Addresses to connect to in place of asking the resolver for `host`; the certificate is still that of `host`.
    package var addresses: [String] = []

    package init(
        host: String, port: Int, user: String, password: Secret?, database: String, tlsMode: PostgresTLSMode,
        authorityFile: String?
    ) {
        (self.host, self.port, self.user, self.password, self.database) = (host, port, user, password, database)
        (self.tlsMode, self.authorityFile) = (tlsMode, authorityFile)
    }

    /// Reads `postgresql://user:password@host:port/database?sslmode=…&sslrootcert=…`.
    /// - Throws: `PostgresURLError` that never quotes the URL, since it may hold a password.
    package init(_ url: Secret) throws(PostgresURLError) {
        guard let parts = URLComponents(string: url.reveal()), let scheme = parts.scheme else { throw .notAURL }
        guard scheme == "postgresql" || scheme == "postgres" else { throw .scheme(scheme) }
        guard let host = parts.host, !host.isEmpty else { throw .missing("host") }
        guard let user = parts.user, !user.isEmpty else { throw .missing("user") }
        if let port = parts.port, !(1...65535).contains(port) { throw .parameter("port", String(port)) }
        let database = String(parts.path.dropFirst())
        guard !database.isEmpty else { throw .missing("database") }
        self.init(
            host: host.trimmingCharacters(in: ["[", "]"]), port: parts.port ?? 5432, user: user,
            password: parts.password.map(Secret.init), database: database, tlsMode: .prefer, authorityFile: nil)
        for item in parts.queryItems ?? [] { try apply(item.name, item.value ?? "") }
    }

    private mutating func apply(_ name: String, _ value: String) throws(PostgresURLError) {
        switch name {
        case "sslmode":
            guard let mode = PostgresTLSMode(rawValue: value) else { throw .parameter(name, value) }
            tlsMode = mode
        case "sslrootcert": authorityFile = value
        default: throw .unknownParameter(name)
        }
    }

    package var endpoint: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    package var description: String { "postgresql://\(user)@\(endpoint)/\(database)?sslmode=\(tlsMode.rawValue)" }
}

/// The stored form leaves out the password and the addresses: a URL that was read back can be named, not used.
extension PostgresURL: Codable {
    private enum CodingKeys: String, CodingKey {
        case host, port, user, database
        case tlsMode = "sslmode"
        case authorityFile = "sslrootcert"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            host: try container.decode(String.self, forKey: .host), port: try container.decode(Int.self, forKey: .port),
            user: try container.decode(String.self, forKey: .user), password: nil,
            database: try container.decode(String.self, forKey: .database),
            tlsMode: try container.decode(PostgresTLSMode.self, forKey: .tlsMode),
            authorityFile: try container.decodeIfPresent(String.self, forKey: .authorityFile))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(host, forKey: .host)
        try container.encode(port, forKey: .port)
        try container.encode(user, forKey: .user)
        try container.encode(database, forKey: .database)
        try container.encode(tlsMode, forKey: .tlsMode)
        try container.encodeIfPresent(authorityFile, forKey: .authorityFile)
    }
}

package enum PostgresURLError: DiagnosableError, Equatable {
    case notAURL
    case scheme(String)
    case missing(String)
    case parameter(String, String)
    case unknownParameter(String)

    package var diagnostic: Diagnostic {
        let why =
            switch self {
            case .notAURL: "it is not a URL (percent-encode special characters of the password)"
            case .scheme(let scheme): "the scheme is `\(scheme)`, expected postgresql"
            case .missing(let part): "it has no \(part)"
            case .parameter(let name, let value): "`\(value)` is not a value of \(name)"
            case .unknownParameter(let name): "the parameter `\(name)` is not supported; sslmode and sslrootcert are"
            }
        return Diagnostic(
            "postgres.url", what: "cannot read the Postgres URL", place: "the URL's text (not shown)", why: why,
            fix: "write postgresql://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=verify-full&sslrootcert=/path/ca.crt")
    }
}
