import Disk
import Foundation
import Glibc
import ProcessClient

/// The operating system user who runs the drill's programs: PostgreSQL refuses root.
struct ScratchAccount: Sendable {
    let name: String
    let uid: uid_t
    let gid: gid_t
    /// What the programs get beside a plain environment, for example `PGBACKREST_…`.
    let environment: [String: String]

    /// - Parameter name: nil is `postgres` for root, else the current user.
    init(named name: String?, environment: [String: String]) throws {
        let isRoot = geteuid() == 0
        guard let entry = isRoot ? Self.user(named: name ?? "postgres") : Self.user(geteuid()) else {
            throw DrillError.account(name: name ?? (isRoot ? "postgres" : "\(geteuid())"), why: "there is no such user")
        }
        (self.name, uid, gid, self.environment) = (entry.name, entry.uid, entry.gid, environment)
        if uid == 0 { throw DrillError.account(name: self.name, why: "PostgreSQL refuses to run as root") }
        if let name, name != self.name {
            throw DrillError.account(name: name, why: "only root can run programs as another user")
        }
    }

    private typealias Entry = (name: String, uid: uid_t, gid: gid_t)

    private static func user(named name: String) -> Entry? {
        lookUp { getpwnam_r(name, $0, $1, $2, $3) }
    }

    private static func user(_ uid: uid_t) -> Entry? {
        lookUp { getpwuid_r(uid, $0, $1, $2, $3) }
    }

    /// The plain functions share one buffer with everybody else in this process.
    private static func lookUp(
        _ ask: (
            UnsafeMutablePointer<passwd>, UnsafeMutablePointer<CChar>, Int,
            UnsafeMutablePointer<UnsafeMutablePointer<passwd>?>
        ) -> Int32
    ) -> Entry? {
        var (entry, found) = (passwd(), UnsafeMutablePointer<passwd>?.none)
        var buffer = [CChar](repeating: 0, count: 16_384)
        return buffer.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress, ask(&entry, start, buffer.count, &found) == 0, found != nil else {
                return nil
            }
            return (String(cString: entry.pw_name), entry.pw_uid, entry.pw_gid)
        }
    }

    /// `setpriv` becomes the program: the pid stays.
    private var prefix: [String] {
        geteuid() == uid ? [] : ["setpriv", "--reuid=\(uid)", "--regid=\(gid)", "--init-groups", "--"]
    }

    /// Never our whole environment: the operator's secrets are not the programs' business.
    private func variables(_ extra: [String: String]) -> [String: String] {
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
        return ["PATH": path, "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"]
            .merging(environment) { $1 }.merging(extra) { $1 }
    }

    func command(_ line: [String], in folder: String, environment extra: [String: String] = [:]) -> Command {
        let line = prefix + line
        return Command(
            line[0], Array(line.dropFirst()), environment: variables(extra), workingDirectory: folder)
    }

    func startDetached(_ line: [String], in folder: String, log: String) throws -> ProcessIdentity {
        let line = prefix + line
        return try DetachedProcess.start(
            executable: line[0], arguments: Array(line.dropFirst()), environment: variables([:]), folder: folder,
            log: log)
    }

    func makeFolder(_ path: String) throws {
        guard mkdir(path, 0o700) == 0, chown(path, uid, gid) == 0 else {
            throw DiskError.failed(action: "make a folder for user \(name)", path: path, errno: errno)
        }
    }

    /// Writes a file that only this user (and root) can read.
    func write(_ text: String, to path: String) throws {
        try DurableFile.write(text, to: path, mode: 0o600)
        guard chown(path, uid, gid) == 0 else {
            throw DiskError.failed(action: "give a file to user \(name)", path: path, errno: errno)
        }
    }

    /// Asks test(1) as this user, for example `-r`.
    func can(_ question: String, _ path: String) async throws -> Bool {
        try await runCommand(command(["/usr/bin/test", question, path], in: "/"), timeout: .seconds(30)).status == 0
    }
}
