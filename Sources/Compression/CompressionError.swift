import Glibc
package import OpsModel

/// Why a file could not be compressed. Nothing is left at the output path.
package enum CompressionError: DiagnosableError, Equatable {
    case unreadable(why: String)
    case limitExceeded(limit: String, value: String)
    case unsupported(why: String)
    case io(path: String, errno: Int32)
    case internalError(String)

    /// Stable word for API replies and for the worker protocol.
    package var code: String {
        switch self {
        case .unreadable: "unreadable"
        case .limitExceeded: "limit_exceeded"
        case .unsupported: "unsupported"
        case .io: "io"
        case .internalError: "internal_error"
        }
    }

    package var diagnostic: Diagnostic {
        switch self {
        case .unreadable(let why):
            make("cannot read the file", why: why, fix: "open the file in a viewer, save it again and retry")
        case .limitExceeded(let limit, let value):
            make(
                "the file is beyond a limit", why: "\(limit): \(value)",
                fix: "split the file or reduce its images, then retry")
        case .unsupported(let why):
            make("this kind of file is not supported", why: why, fix: "convert it to a common form, then retry")
        case .io(let path, let code):
            make(
                "cannot read or write a file", place: path, why: "\(String(cString: strerror(code))) (errno \(code))",
                fix: "check the path, its permissions and the free space, then retry")
        case .internalError(let why):
            make("compression failed", why: why, fix: "report the file together with this message")
        }
    }

    private func make(_ what: String, place: String = "compression", why: String, fix: String) -> Diagnostic {
        Diagnostic("compression.\(code)", what: what, place: place, why: why, fix: fix)
    }
}
