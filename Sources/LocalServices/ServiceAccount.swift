import Disk
import Foundation
import Glibc
import ProcessClient
import Synchronization

private let accountLock = Mutex(())

/// The operating system user who runs a service: its own one when we are root, else the current one.
struct ServiceAccount: Sendable, Equatable {
    let name: String
    let uid: uid_t
    let gid: gid_t

    static func named(_ name: String) throws -> ServiceAccount {
        // getpwnam answers in one buffer for all threads, and services start side by side: one at a time, copied out.
        let account = accountLock.withLock { _ in
            (geteuid() == 0 ? getpwnam(name) : getpwuid(geteuid())).map { entry in
                ServiceAccount(
                    name: String(cString: entry.pointee.pw_name), uid: entry.pointee.pw_uid, gid: entry.pointee.pw_gid)
            }
        }
        guard let account else { throw LocalServiceError.missingUser(name: name) }
        return account
    }

    /// What to put before a command line so that it runs as this user. `setpriv` becomes the program: the pid stays.
    private var prefix: [String] {
        geteuid() == uid ? [] : ["setpriv", "--reuid=\(uid)", "--regid=\(gid)", "--init-groups", "--"]
    }

    /// Never our whole environment: the operator's secrets are not the services' business.
    private func environment(_ extra: [String: String]) -> [String: String] {
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
        return ["PATH": path, "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"].merging(extra) { $1 }
    }

    func command(
        _ executable: String, _ arguments: [String], in folder: String, environment extra: [String: String] = [:],
        input: String? = nil
    ) -> Command {
        let line = prefix + [executable] + arguments
        return Command(
            line[0], Array(line.dropFirst()), environment: environment(extra), workingDirectory: folder,
            input: input.map { Array($0.utf8) })
    }

    func startDetached(_ executable: String, _ arguments: [String], in folder: String, log: String) throws
        -> ProcessIdentity
    {
        let line = prefix + [executable] + arguments
        return try DetachedProcess.start(
            executable: line[0], arguments: Array(line.dropFirst()), environment: environment([:]), folder: folder,
            log: log)
    }

    /// Makes `path` (and what lies above it) and gives it to this user.
    func makeFolder(_ path: String, mode: mode_t = 0o700) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        guard chown(path, uid, gid) == 0, chmod(path, mode) == 0 else {
            throw LocalServiceError.failed(action: "give a folder to user \(name)", path: path, reason: lastError())
        }
    }

    /// Writes a file that only this user (and root) can read.
    func write(_ text: String, to path: String, mode: mode_t = 0o600) throws {
        try DurableFile.write(text, to: path, mode: mode)
        guard chown(path, uid, gid) == 0 else {
            throw LocalServiceError.failed(action: "give a file to user \(name)", path: path, reason: lastError())
        }
    }

    func canEnter(_ folder: String) async throws -> Bool {
        try await runCommand(command("/usr/bin/test", ["-x", folder], in: "/"), timeout: .seconds(10)).status == 0
    }

    /// Makes the folder of a service, or says why the service could not live there. The folder stays ours: the service owns
    /// only what is given to it inside.
    func claim(_ folder: String) async throws {
        guard isPlainPath(folder) else { throw LocalServiceError.awkwardPath(path: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        guard chmod(folder, 0o711) == 0 else {
            throw LocalServiceError.failed(action: "open a folder to user \(name)", path: folder, reason: lastError())
        }
        guard try await canEnter(folder) else { throw LocalServiceError.closedFolder(path: folder, user: name) }
    }
}

/// Whether every configuration format in use can carry `path` without quoting.
func isPlainPath(_ path: String) -> Bool {
    path.hasPrefix("/")
        && path.unicodeScalars.allSatisfy {
            $0.isASCII && ($0.properties.isAlphabetic || "0123456789./_-+@".unicodeScalars.contains($0))
        }
}

func lastError() -> String { "\(String(cString: strerror(errno))) (errno \(errno))" }

/// The program's path, or the package to install.
func program(_ name: String, from debianPackage: String) throws -> String {
    guard let path = findExecutable(name) else {
        throw LocalServiceError.missingProgram(name: name, debianPackage: debianPackage)
    }
    return path
}
