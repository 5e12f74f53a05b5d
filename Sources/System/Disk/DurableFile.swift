import CLinux
package import Glibc
package import OpsModel

package enum DiskError: DiagnosableError {
    case failed(action: String, path: String, errno: Int32)

    package var diagnostic: Diagnostic {
        switch self {
        case .failed(let action, let path, let code):
            Diagnostic(
                "disk.failed", what: "cannot \(action)", place: path,
                why: "\(String(cString: strerror(code))) (errno \(code))",
                fix: "check the path, its permissions and the free space, then retry")
        }
    }
}

/// Files that are either the old content or the new one, never half of it.
package enum DurableFile {
    /// Writes a temporary file beside `path`, fsyncs it, renames it over `path` and fsyncs the folder.
    /// On failure the old content stays and the temporary file is removed.
    /// - Parameter isFlushed: false leaves the flushing to the kernel: for what can be made anew, and is known to be
    ///   incomplete when a power cut takes it.
    package static func write(
        _ bytes: some Sequence<UInt8>, to path: String, mode: mode_t = 0o600, isFlushed: Bool = true
    ) throws {
        let bytes = Array(bytes)
        try replace(path, mode: mode, isFlushed: isFlushed) { descriptor, temporary in
            try bytes.withUnsafeBytes { try writeAll($0, to: descriptor, path: temporary) }
        }
    }

    /// Copies the content of `source` with the same guarantee.
    package static func copy(_ source: String, to path: String, mode: mode_t = 0o600) throws {
        let input = open(source, O_RDONLY | O_CLOEXEC)
        guard input >= 0 else { throw DiskError.failed(action: "open a file", path: source, errno: errno) }
        defer { close(input) }
        try replace(path, mode: mode) { descriptor, temporary in
            var buffer = [UInt8](repeating: 0, count: 1 << 20)
            while true {
                let count = read(input, &buffer, buffer.count)
                if count == 0 { return }
                guard count > 0 || errno == EINTR else {
                    throw DiskError.failed(action: "read a file", path: source, errno: errno)
                }
                try buffer.withUnsafeBytes {
                    try writeAll(
                        UnsafeRawBufferPointer(rebasing: $0[..<max(count, 0)]), to: descriptor, path: temporary)
                }
            }
        }
    }

    private static func replace(
        _ path: String, mode: mode_t, isFlushed: Bool = true, _ fill: (Int32, String) throws -> Void
    ) throws {
        let temporary = "\(path).tmp.\(getpid()).\(UInt32.random(in: .min ... .max))"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw DiskError.failed(action: "create a file", path: temporary, errno: errno) }
        do {
            defer { close(descriptor) }
            try fill(descriptor, temporary)
            guard fchmod(descriptor, mode) == 0 else {
                throw DiskError.failed(action: "set the mode of a file", path: temporary, errno: errno)
            }
            guard !isFlushed || fsync(descriptor) == 0 else {
                throw DiskError.failed(action: "flush a file", path: temporary, errno: errno)
            }
        } catch {
            unlink(temporary)
            throw error
        }
        guard rename(temporary, path) == 0 else {
            let code = errno
            unlink(temporary)
            throw DiskError.failed(action: "replace a file", path: path, errno: code)
        }
        if isFlushed { try flushFolder(of: path) }
    }

    package static func write(_ text: String, to path: String, mode: mode_t = 0o600) throws {
        try write(text.utf8, to: path, mode: mode)
    }

    private static func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String) throws {
        var offset = 0
        while offset < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...])
            let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
            guard count >= 0 || errno == EINTR else {
                throw DiskError.failed(action: "write a file", path: path, errno: errno)
            }
            offset += max(count, 0)
        }
    }

    private static func flushFolder(of path: String) throws {
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw DiskError.failed(action: "open a folder", path: folder, errno: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else {
            throw DiskError.failed(action: "flush a folder", path: folder, errno: errno)
        }
    }
}
