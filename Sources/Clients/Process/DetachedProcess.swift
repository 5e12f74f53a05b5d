import CLinux
import Glibc
import Synchronization

/// Starts programs that outlive us: a session of their own, output appended to a log, no inherited descriptors.
package struct DetachedProcess {
    /// Children that are ours to reap; others belong to whoever started them.
    private static let children = Mutex<Set<Int32>>([])

    /// - Parameter environment: the whole environment; nil inherits ours.
    /// - Returns: the running process; its end is seen through `isRunning`, which also reaps it.
    package static func start(
        executable: String, arguments: [String], environment: [String: String]?, folder: String, log: String
    ) throws -> ProcessIdentity {
        guard let path = findExecutable(executable) else { throw ProcessError.notFound(executable: executable) }
        let command = Command(executable, arguments)
        let variables = (environment ?? inheritedEnvironment()).map { "\($0.key)=\($0.value)" }
        let pid = try withCStrings([path] + arguments) { argv in
            try withCStrings(variables) { environment in
                var pid: Int32 = 0
                // Under the lock, so that no concurrent reap can miss the newborn.
                let code = children.withLock { children in
                    let code = clinux_spawn_detached(&pid, path, argv, environment, folder, log)
                    if code == 0 { children.insert(pid) }
                    return code
                }
                guard code == 0 else { throw ProcessError.notStarted(command: command.line, reason: message(of: code)) }
                return pid
            }
        }
        // An unreaped child keeps its pid, so the identity is there even if it has already ended.
        guard let identity = try ProcessIdentity.of(pid: pid) else {
            throw ProcessError.notStarted(command: command.line, reason: "it vanished at once")
        }
        return identity
    }

    /// Collects the exit of `pid` if it is a child started here and has ended.
    static func reap(_ pid: Int32) {
        children.withLock { children in
            var status: Int32 = 0
            if children.contains(pid), waitpid(pid, &status, WNOHANG) == pid { children.remove(pid) }
        }
    }
}

private func inheritedEnvironment() -> [String: String] {
    var variables: [String: String] = [:]
    var next = environ
    while let entry = next.pointee {
        let pair = String(cString: entry).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        if pair.count == 2 { variables[String(pair[0])] = String(pair[1]) }
        next += 1
    }
    return variables
}

/// A null-terminated array of C strings for the length of `body`.
private func withCStrings<Value>(
    _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) throws -> Value
) rethrows -> Value {
    let copies: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) } + [nil]
    defer { for copy in copies { free(copy) } }
    return try copies.withUnsafeBufferPointer { try body($0.baseAddress!) }  // never empty: it ends with nil
}
