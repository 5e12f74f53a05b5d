import Blocking
import Glibc

/// A new file in the spool that is written piece by piece off the cooperative pool. Used by one task; whoever made it
/// removes it.
final class SpoolFile {
    let path: String
    private(set) var count = 0
    /// The first bytes, by which the kind of file is told.
    private(set) var head: [UInt8] = []
    private let descriptor: Int32
    private var pending: [UInt8] = []

    private static let pieceSize = 256 << 10
    static let headSize = 1024

    init(path: String) throws {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure("create an upload", path) }
    }

    deinit { close(descriptor) }

    func write(_ bytes: some Collection<UInt8>) async throws {
        if head.count < Self.headSize { head.append(contentsOf: bytes.prefix(Self.headSize - head.count)) }
        count += bytes.count
        pending.append(contentsOf: bytes)
        if pending.count >= Self.pieceSize { try await flush() }
    }

    func flush() async throws {
        guard !pending.isEmpty else { return }
        let piece = pending
        pending.removeAll(keepingCapacity: true)
        let (descriptor, path) = (descriptor, path)
        try await blocking(timeout: .seconds(60)) { _ in
            var offset = 0
            while offset < piece.count {
                let written = piece.withUnsafeBytes {
                    Glibc.write(descriptor, $0.baseAddress! + offset, piece.count - offset)  // sound: never empty
                }
                guard written >= 0 || errno == EINTR else { throw Self.failure("write an upload", path) }
                offset += max(written, 0)
            }
        }
    }

    func remove() { unlink(path) }

    private static func failure(_ action: String, _ path: String) -> AppServerError {
        .spool(action: action, path: path, why: String(cString: strerror(errno)))
    }
}
