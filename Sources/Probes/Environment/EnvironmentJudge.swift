import Cryptography
import Foundation
package import OpsModel
import PostgresClient
import RedisClient

/// Judges the variables of an environment; pure. Values are never quoted: an observed secret is named by its digest.
package struct EnvironmentJudge: Sendable {
    /// Production-like environments: verified TLS, no plaintext, strong secrets.
    package let isStrict: Bool

    package init(isStrict: Bool) { self.isStrict = isStrict }

    /// What a secret must have; strict environments do not take less than 128 bits, whatever the file says.
    func effectiveBits(_ minimum: Int) -> Int { isStrict ? max(128, minimum) : minimum }

    package func judge(_ variables: [EnvironmentVariable]) -> [CheckResult] {
        variables.map(judge) + sharedSecrets(among: variables)
    }

    private func judge(_ variable: EnvironmentVariable) -> CheckResult {
        switch variable.value {
        case .missing(let why, let fix):
            result(variable, .fail, observed: why, expected: "a value", reason: .configuration, fix: fix)
        case .present(let secret):
            switch fault(of: secret, variable) {
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
        case .secret, .postgresURL, .redisURL: "set, \(secret.byteCount) bytes, digest \(digest(secret))"
        default: "set, \(secret.byteCount) bytes"
        }
    }

    /// Ten hex digits: enough to compare two environments, too few to guess from.
    private func digest(_ secret: Secret) -> String { String(hex(sha256(secret.reveal().utf8)).prefix(10)) }

    /// Two variables of type secret must not share a value.
    private func sharedSecrets(among variables: [EnvironmentVariable]) -> [CheckResult] {
        var owners: [String: String] = [:]
        var results: [CheckResult] = []
        for variable in variables {
            guard case .secret = variable.form, case .present(let secret) = variable.value else { continue }
            if let owner = owners[secret.reveal()] {
                results.append(
                    CheckResult(
                        check: "environment.\(variable.name).unique", target: "environment", status: .fail,
                        observed: "the same value as \(owner)", expected: "a value of its own", reason: .policy,
                        phase: "look",
                        fix: "openssl rand -hex 32"))
            }
            owners[secret.reveal()] = variable.name
        }
        return results
    }
}
