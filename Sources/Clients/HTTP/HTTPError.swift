package import OpsModel

/// Why a request got no whole response. A response with any status is not an error.
package enum HTTPError: DiagnosableError, Equatable {
    case unresolved(url: String, why: String)
    case refused(url: String, why: String)
    case certificate(url: String, why: String)
    case tls(url: String, why: String)
    case timedOut(url: String, phase: String)
    case cancelled(url: String)
    case tooLarge(url: String, limit: Int)
    case file(path: String, why: String)
    /// Nothing was sent: the URL or the CA file cannot be used.
    case configuration(url: String, why: String)
    case failed(url: String, why: String)

    package var diagnostic: Diagnostic {
        switch self {
        case .unresolved(let url, let why):
            Diagnostic("http.unresolved", what: "cannot resolve the host", place: url, why: why, fix: "check the URL")
        case .refused(let url, let why):
            Diagnostic(
                "http.refused", what: "cannot connect", place: url, why: why,
                fix: "start the service, or correct the URL")
        case .certificate(let url, let why):
            Diagnostic(
                "http.certificate", what: "the certificate is not accepted", place: url, why: why,
                fix: "name the right CA file, or renew it")
        case .tls(let url, let why):
            Diagnostic(
                "http.tls", what: "the TLS handshake failed", place: url, why: why, fix: "check the scheme and port")
        case .timedOut(let url, let phase):
            Diagnostic(
                "http.timeout", what: "no answer in time", place: url, why: "deadline reached during \(phase)",
                fix: "check the service's load and log")
        case .cancelled(let url):
            Diagnostic(
                "http.cancelled", what: "the request was cancelled", place: url, why: "the caller left", fix: "retry")
        case .tooLarge(let url, let limit):
            Diagnostic(
                "http.too_large", what: "the response is too large", place: url, why: "more than \(limit) bytes",
                fix: "ask for less, or raise the limit")
        case .file(let path, let why):
            Diagnostic(
                "http.file", what: "cannot use the file of a transfer", place: path, why: why,
                fix: "check path and space")
        case .configuration(let url, let why):
            Diagnostic(
                "http.configuration", what: "cannot send the request", place: url, why: why,
                fix: "correct the URL, or the path of the CA file")
        case .failed(let url, let why):
            Diagnostic(
                "http.failed", what: "the exchange broke", place: url, why: why, fix: "retry; see the service's log")
        }
    }
}
