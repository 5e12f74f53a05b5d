import OpsConfiguration
import OpsModel
import PostgresClient
import Probes

/// Reads a URL and refuses one that would give the password to whoever answers: libpq's default, `prefer`, goes on without TLS
/// when the server says so, and judging the session afterwards comes too late.
func postgresURL(
    _ value: ConfigurationValue, protection: PostgresExpectation.Protection
) throws -> PostgresURL {
    var url = try placed(value) { try PostgresURL(value.secret) }
    switch protection {
    case .off: return url
    case .required:
        if [.prefer, .allow].contains(url.tlsMode) { url.tlsMode = .require }
        guard url.tlsMode != .disable else {
            throw ConfigurationError([
                value.problem(
                    "sslmode=disable sends the password in the clear", fix: "write sslmode=verify-full, or tls: 'off'")
            ])
        }
        return url
    case .verified:
        guard url.tlsMode.verifiesServer else {
            throw ConfigurationError([
                value.problem(
                    "sslmode=\(url.tlsMode.rawValue) does not verify the server: the password could go to anybody",
                    fix:
                        "write sslmode=verify-full&sslrootcert=/path/ca.crt, or lower the demand: tls: required, tls: 'off'"
                )
            ])
        }
        return url
    }
}
