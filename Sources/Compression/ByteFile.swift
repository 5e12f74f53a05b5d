import Glibc

/// Whole files in and out, with errno kept.
enum ByteFile {
    static func read(_ path: String, limit: Int) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CompressionError.io(path: path, errno: errno) }
        defer { close(descriptor) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { throw CompressionError.io(path: path, errno: errno) }
        let size = Int(facts.st_size)
        guard size <= limit else { throw CompressionError.limitExceeded(limit: "file size", value: "\(size) bytes") }
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                // Sound: size > 0 here, so the buffer has a base address.
                let got = Glibc.read(descriptor, buffer.baseAddress! + count, size - count)
                if got < 0 && errno == EINTR { continue }
                if got < 0 { failure = errno }
                if got <= 0 { break }
                count += got
            }
        }
        guard failure == 0 else { throw CompressionError.io(path: path, errno: failure) }
        return bytes
    }

    /// Writes beside `path` and renames over it, so that a reader sees the old file or the whole new one.
    static func write(_ bytes: [UInt8], to path: String) throws {
        let temporary = "\(path).part.\(getpid()).\(UInt32.random(in: .min ... .max))"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CompressionError.io(path: temporary, errno: errno) }
        var failure = writeAll(bytes, to: descriptor)
        if failure == 0 && fsync(descriptor) != 0 { failure = errno }
        if close(descriptor) != 0 && failure == 0 { failure = errno }
        if failure == 0 && rename(temporary, path) != 0 { failure = errno }
        guard failure == 0 else {
            unlink(temporary)
            throw CompressionError.io(path: path, errno: failure)
        }
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
        bytes.withUnsafeBytes { buffer in
            var offset = 0
            while offset < buffer.count {
                // Sound: the buffer is not empty inside the loop, so it has a base address.
                let count = Glibc.write(descriptor, buffer.baseAddress! + offset, buffer.count - offset)
                if count < 0 && errno == EINTR { continue }
                if count < 0 { return errno }
                offset += count
            }
            return 0
        }
    }
}
