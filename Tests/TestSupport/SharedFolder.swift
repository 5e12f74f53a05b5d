import Foundation
import Glibc
import ProcessClient

/// The folder below which every service of this test process lives. When the process ends, in whatever way, the services that
/// use it are stopped and it is removed: at a normal exit by ourselves, after a kill by a watchdog of its own.
enum SharedFolder {
    static let path: Result<String, any Error> = Result {
        let path = try makeScratchDirectory()
        _ = try DetachedProcess.start(
            executable: "sh", arguments: ["-c", watchdog],
            environment: ["PATH": "/usr/bin:/bin", "FOLDER": path, "OWNER": "\(getpid())"], folder: "/",
            log: "/dev/null")
        atexit { SharedFolder.clear() }
        return path
    }

    /// A new folder for one service.
    static func makeFolder(_ name: String) throws -> String {
        let path = "\(try self.path.get())/\(name).\(UInt32.random(in: .min ... .max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    private static func clear() {
        do {
            let path = try path.get()
            for signal in [SIGINT, SIGKILL] {
                let processes = try runningProcesses(using: path)
                for process in processes { try process.signal(signal) }
                for _ in 0..<100 where try processes.contains(where: { try $0.isRunning }) { usleep(10_000) }
            }
            try FileManager.default.removeItem(atPath: path)
        } catch { print("test services may be left behind: \(error)") }
    }

    private static let watchdog = """
        while kill -0 "$OWNER" 2>/dev/null; do sleep 0.5; done
        for signal in INT KILL; do
            for process in /proc/[0-9]*; do
                tr '\\0' '\\n' 2>/dev/null < "$process/cmdline" | grep -q "^$FOLDER/" && kill -s $signal "${process#/proc/}" && left=1
            done
            [ -n "$left" ] && sleep 3
            left=
        done
        rm -rf "$FOLDER"
        """
}

/// Runs `body`, then `cleanup`, pass or throw; the error of `body` matters more.
package func withCleanup<Value>(
    isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Value, cleanup: () async throws -> Void
) async throws -> Value {
    let value: Value
    do { value = try await body() } catch {
        do { try await cleanup() } catch let second { print("cleanup failed too: \(second)") }
        throw error
    }
    try await cleanup()
    return value
}
