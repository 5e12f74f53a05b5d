import Glibc
import Synchronization

/// The pid of a child that is its own group's leader, shared with the task that may have to kill it.
final class PidBox: Sendable {
    private let pid = Mutex<Int32?>(nil)

    func set(_ value: Int32) { pid.withLock { $0 = value } }

    /// Kills the whole group at once. The child is not reaped before its `run` returns, so the number is still its own.
    func killGroup() {
        pid.withLock { pid in
            if let pid { kill(-pid, SIGKILL) }
        }
    }
}
