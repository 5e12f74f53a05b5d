package import OpsModel

/// Why a question to AWS got no answer. An answer that says no is `absent`; everything else says nothing of the resource.
package enum AWSError: DiagnosableError, Equatable {
    /// There is nothing to sign with.
    case noCredentials(tried: String)
    /// There is a source of credentials, and it cannot be used.
    case credentials(source: String, why: String, fix: String)
    /// The credentials are not accepted: unknown, expired, or signed with a wrong clock.
    case unauthenticated(action: String, code: String, message: String)
    /// The credentials may not ask; `action` is what to grant.
    case denied(action: String, message: String)
    /// The credentials are those of another account than the targets'.
    case otherAccount(expected: String, found: String)
    case absent(action: String, code: String, message: String)
    /// Too many requests, or the service is in trouble: asking again can help.
    case unavailable(action: String, status: Int, code: String)
    case refused(action: String, status: Int, code: String, message: String)
    case unreadable(action: String, why: String)
    case configuration(String)

    package var diagnostic: Diagnostic {
        switch self {
        case .noCredentials(let tried):
            Diagnostic(
                "aws.credentials", what: "there are no AWS credentials", place: "environment and ~/.aws", why: tried,
                fix: "eval \"$(aws configure export-credentials --format env)\"")
        case .credentials(let source, let why, let fix):
            Diagnostic(
                "aws.credentials", what: "the AWS credentials cannot be used", place: source, why: why, fix: fix)
        case .unauthenticated(let action, let code, let message):
            Diagnostic(
                "aws.unauthenticated", what: "AWS does not accept the credentials", place: action,
                why: "\(code): \(message)", fix: Self.fix(unauthenticated: code))
        case .denied(let action, let message):
            Diagnostic(
                "aws.denied", what: "the credentials may not ask", place: action, why: message,
                fix: "grant \(action) to the role that probes")
        case .otherAccount(let expected, let found):
            Diagnostic(
                "aws.account", what: "the credentials are of another account", place: "sts:GetCallerIdentity",
                why: "they are of account \(found), the targets are in \(expected)",
                fix: "use credentials of account \(expected): export AWS_PROFILE=…")
        case .absent(let action, let code, let message):
            Diagnostic(
                "aws.absent", what: "it does not exist", place: action, why: "\(code): \(message)", fix: "create it")
        case .unavailable(let action, let status, let code):
            Diagnostic(
                "aws.unavailable", what: "AWS could not answer", place: action, why: "\(status) \(code)",
                fix: "ask again later")
        case .refused(let action, let status, let code, let message):
            Diagnostic(
                "aws.refused", what: "AWS refused the question", place: action, why: "\(status) \(code): \(message)",
                fix: "correct the target's settings")
        case .unreadable(let action, let why):
            Diagnostic(
                "aws.unreadable", what: "cannot read AWS's answer", place: action, why: why,
                fix: "check AWS_ENDPOINT_URL")
        case .configuration(let why):
            Diagnostic(
                "aws.configuration", what: "AWS cannot be asked", place: "AWS settings", why: why,
                fix: "correct the variable")
        }
    }

    private static func fix(unauthenticated code: String) -> String {
        switch code {
        case "RequestTimeTooSkewed", "RequestExpired", "InvalidSignatureException":
            "set this machine's clock: timedatectl set-ntp true"
        case "ExpiredToken", "ExpiredTokenException": "log in again: aws sso login, or assume the role again"
        default: "correct AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN"
        }
    }
}

extension AWSError {
    /// Sorts an error answer by its code ("Common Errors" of each API reference).
    init(action: String, status: Int, code: String, message: String) {
        let message = String(message.prefix(300))
        if Self.denials.contains(code) {
            self = .denied(action: action, message: message)
        } else if Self.impostors.contains(code) {
            self = .unauthenticated(action: action, code: code, message: message)
        } else if status == 429 || status >= 500 && status != 501 || code.contains("Throttl")
            || Self.busy.contains(code)
        {
            self = .unavailable(action: action, status: status, code: code)
        } else if code.contains("NotFound") || code.hasPrefix("NoSuch") || code == "WAFNonexistentItemException" {
            self = .absent(action: action, code: code, message: message)
        } else {
            self = .refused(action: action, status: status, code: code, message: message)
        }
    }

    private static let denials: Set = [
        "AccessDenied", "AccessDeniedException", "AllAccessDisabled", "AuthorizationError", "UnauthorizedOperation",
    ]
    private static let impostors: Set = [
        "AuthFailure", "ExpiredToken", "ExpiredTokenException", "IncompleteSignature", "InvalidAccessKeyId",
        "InvalidClientTokenId", "InvalidSignatureException", "MissingAuthenticationToken", "OptInRequired",
        "RequestExpired", "RequestTimeTooSkewed", "SignatureDoesNotMatch", "UnrecognizedClientException",
    ]
    private static let busy: Set = [
        "RequestLimitExceeded", "ServiceUnavailable", "SlowDown", "TooManyRequestsException", "InternalFailure",
        "InternalError", "LimitExceededException",
    ]
}
