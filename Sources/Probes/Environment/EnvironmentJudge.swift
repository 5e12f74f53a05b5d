import Cryptography
import Foundation
package import OpsModel
import PostgresClient
import RedisClient

/// Judges the variables of an environment; pure. Values are never quoted: an observed secret is named by its digest.
package struct EnvironmentJudge: Sendable {
    /// Production-like environments: verified TLS, no plaintext, strong secrets.
    package let isStrict: Bool

    let context: EnvironmentContext

    package init(isStrict: Bool, context: EnvironmentContext = EnvironmentContext()) {
        (self.isStrict, self.context) = (isStrict, context)
    }

    /// What a secret must have; strict environments do not take less than 128 bits, whatever the file says.
    func effectiveBits(_ minimum: Int) -> Int { isStrict ? max(128, minimum) : minimum }

    package func judge(_ variables: [EnvironmentVariable]) -> [CheckResult] {
        variables.map(judge) + rules(among: variables) + sharedSecrets(among: variables)
            + distinctness(of: variables) + forbidden(among: variables)
    }

    private func judge(_ variable: EnvironmentVariable) -> CheckResult {
        switch variable.value {
        case .missing(let why, _) where !variable.isRequired:
            result(variable, .skipped, observed: "not set: \(why)", expected: "a value, if any")
        case .missing(let why, let fix):
            result(variable, .fail, observed: why, expected: "a value", reason: .configuration, fix: fix)
        case .present(let secret):
            switch fault(of: secret, variable) ?? faultOfPattern(secret, variable) ?? faultOfExample(secret, variable) {
            case .none:
                result(
                    variable, .pass, observed: described(secret, variable.form), expected: expectation(variable.form))
            case .some(let fault):
                result(
                    variable, .fail, observed: fault.why, expected: expectation(variable.form), reason: fault.reason,
                    fix: fault.fix)
            }
        }
    }

    private func result(
        _ variable: EnvironmentVariable, _ status: CheckStatus, observed: String, expected: String,
        reason: CheckReason? = nil,
        fix: String? = nil
    ) -> CheckResult {
        CheckResult(
            check: "environment.\(variable.name)", target: "environment", status: status, observed: observed,
            expected: expected,
            reason: reason, phase: "look", fix: fix.map { "\($0) (\(variable.place))" })
    }

    private func expectation(_ form: EnvironmentVariable.Form) -> String {
        switch form {
        case .string: "text"
        case .integer: "a whole number"
        case .number: "a number"
        case .email: "an e-mail address"
        case .host: "a host name or an address"
        case .json: "a JSON document"
        case .base64(let bytes): "base64\(bytes.map { " of \($0) bytes" } ?? "")"
        case .hex(let bytes): "hex digits\(bytes.map { " of \($0) bytes" } ?? "")"
        case .boolean: "true or false"
        case .duration: "a duration such as 30s"
        case .port: "a port from 1 to 65535"
        case .path: "a path"
        case .url: isStrict ? "an https URL" : "an http or https URL"
        case .postgresURL: isStrict ? "a Postgres URL with sslmode=verify-full and a password" : "a Postgres URL"
        case .redisURL: isStrict ? "a rediss URL with a password" : "a Redis URL"
        case .bucketURL: isStrict ? "an s3 URL with a TLS endpoint, or a file URL" : "an s3 or file URL"
        case .listen: "host:port"
        case .secret(let bits): "a secret of at least \(effectiveBits(bits)) bits"
        case .choice(let names): "one of \(names.joined(separator: ", "))"
        }
    }

    private func described(_ secret: Secret, _ form: EnvironmentVariable.Form) -> String {
        switch form {
        case .secret, .postgresURL, .redisURL:
            "set, \(secret.byteCount) bytes\(digest(secret, form).map { ", digest \($0)" } ?? "")"
        default: "set, \(secret.byteCount) bytes"
        }
    }

    /// Ten hex digits of the SHA-256: enough to compare two environments. Of a value that could be guessed there are none: they
    /// would confirm the guess.
    package func digest(_ secret: Secret, _ form: EnvironmentVariable.Form) -> String? {
        let core: String? =
            switch form {
            case .postgresURL: URLComponents(string: secret.reveal())?.password
            case .redisURL: URLComponents(string: secret.reveal())?.password
            case .secret, .base64, .hex: secret.reveal()
            default: nil
            }
        guard let core, estimatedBits(of: core) >= 120 else { return nil }
        return String(hex(sha256(secret.reveal().utf8)).prefix(10))
    }
}
