import Foundation
import Glibc
import ProcessClient

/// Cleans up after a drill. A detached shell waits for the lock that only opsctl holds; whatever ends opsctl, SIGKILL included,
/// the kernel drops the lock and the shell goes to work.
enum Janitor {
    /// Starts the janitor that waits for our end. When the folder is gone by then, it just leaves.
    static func startWaiting(for folder: String) throws {
        _ = try DetachedProcess.start(
            executable: "sh", arguments: ["-c", "flock \"$FOLDER/lock\" true\n\(script)"],
            environment: environment(folder), folder: "/", log: "/dev/null")
    }

    /// The same work now, also in a cancelled task.
    static func clean(_ folder: String) async throws {
        let command = Command("sh", ["-c", script], environment: environment(folder), workingDirectory: "/")
        // A task of its own, because cancellation is one of the reasons to clean up.
        _ = try await Task { try await runCommand(command, timeout: .seconds(120)).checked(command) }.value
    }

    private static func environment(_ folder: String) -> [String: String] {
        ["PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "FOLDER": folder]
    }

    /// Touches only a marked drill folder, and only programs of a drill that name it on their command line. QUIT is PostgreSQL's
    /// immediate shutdown.
    private static let script = """
        case "$FOLDER" in /*/opsctl-drill.??????) ;; *) exit 1 ;; esac
        [ -d "$FOLDER" ] && [ ! -L "$FOLDER" ] && [ -f "$FOLDER/drill.json" ] || exit 0
        members() {
            for process in /proc/[0-9]*; do
                { read -r name < "$process/comm"; } 2>/dev/null || continue
                case "$name" in
                    postgres | pg_basebackup | pg_verifybackup | pgbackrest | setpriv | cp)
                        { tr '\\0' '\\n' < "$process/cmdline"; } 2>/dev/null | grep -qF -e "$FOLDER/" &&
                            echo "${process#/proc/}" ;;
                esac
            done
        }
        # Another round for a program that was just being started.
        for round in 1 2 3; do
            for signal in QUIT KILL; do
                pids=$(members)
                [ -n "$pids" ] || break
                kill -s "$signal" $pids 2>/dev/null
                tries=0
                while [ -n "$(members)" ] && [ "$tries" -lt 100 ]; do
                    sleep 0.05
                    tries=$((tries + 1))
                done
            done
            rm -rf "$FOLDER" && [ -z "$(members)" ] && exit 0
            sleep 0.5
        done
        exit 1
        """
}
