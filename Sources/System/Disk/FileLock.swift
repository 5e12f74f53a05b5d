import CLinux
import Glibc
import OpsModel

/// An exclusive flock(2) on a file; the kernel drops it when the holder dies.
package final class FileLock: Sendable {
    private let descriptor: Int32

    /// - Returns: nil when another process holds the lock and `wait` is false.
    package init?(path: String, wait: Bool) throws {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw DiskError.failed(action: "open a lock file", path: path, errno: errno) }
        guard clinux_lock_exclusive(descriptor, wait ? 1 : 0) == 0 else {
            let code = errno
            close(descriptor)
            if code == EWOULDBLOCK { return nil }
            throw DiskError.failed(action: "lock a file", path: path, errno: code)
        }
    }

    deinit {
        // A child that is being started elsewhere holds a copy of the descriptor until it execs: closing ours is not enough.
        _ = clinux_unlock(descriptor)
        close(descriptor)
    }
}
