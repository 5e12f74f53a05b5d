import CLinux
import Glibc

/// What a process that runs for long asks of the kernel before it takes its first file.
enum ProcessGuard {
    /// Hides memory and environment from other processes of the same user, such as a child that a hostile file took over,
    /// and allows as many open files as possible.
    /// - Returns: how many files may be open.
    static func enter() throws(AppServerError) -> Int {
        guard clinux_hide_process() == 0 else { throw failure("hide this process' memory") }
        let files = clinux_raise_open_files()
        guard files >= 0 else { throw failure("raise the limit of open files") }
        return Int(files)
    }

    /// Connections that leave descriptors for everything else; an upload holds a file besides its connection.
    static func connections(openFiles: Int) -> Int { max(16, min(4000, (openFiles - 256) / 2)) }

    private static func failure(_ action: String) -> AppServerError {
        .process(action: action, why: String(cString: strerror(errno)))
    }
}
