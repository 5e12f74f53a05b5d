import Glibc
package import OpsModel

package enum FileDigestError: DiagnosableError, Equatable {
    case unreadable(path: String, errno: Int32)

    package var diagnostic: Diagnostic {
        switch self {
        case .unreadable(let path, let code):
            Diagnostic(
                "digest.unreadable", what: "cannot read a file to its end", place: path,
                why: "\(String(cString: strerror(code))) (errno \(code))", fix: "check the path and its permissions")
        }
    }
}

/// SHA-256 of a file's content, read in pieces.
package func sha256(fileAt path: String) throws(FileDigestError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unreadable(path: path, errno: errno) }
    defer { close(descriptor) }
    var digest = SHA256Stream()
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
        let count = read(descriptor, &buffer, buffer.count)
        if count == 0 { return digest.finish() }
        guard count > 0 || errno == EINTR else { throw .unreadable(path: path, errno: errno) }
        buffer.withUnsafeBytes { digest.update(UnsafeRawBufferPointer(rebasing: $0[..<max(count, 0)])) }
    }
}
