import Cryptography
import Foundation
import Glibc
package import OpsModel
package import ProcessClient

/// A Redis master and its replica, watched by three sentinels, on loopback: TLS only, ACL users, append-only file.
///
/// Users of the data nodes: `app` (keys `app:*`), `ops` (everything), `probe` (PING, INFO, ROLE and canary keys `opsctl:*`).
/// Sentinels know one password for their user `default`.
package struct RedisSentinel: Sendable {
    package struct Options: Sendable {
        /// How long the master may be silent before a sentinel takes it for down.
        package var downAfter: Duration = .milliseconds(1000)
        /// Certificates to share with other services; nil makes own ones.
        package var tls: TLSMaterial?
        package init() {}
    }

    /// `first` is the master at the first start; which one it is later is sentinel's choice.
    package enum Member: String, Sendable, CaseIterable {
        case first, second, sentinelA, sentinelB, sentinelC

        package static let dataNodes: [Member] = [.first, .second]
        package static let sentinels: [Member] = [.sentinelA, .sentinelB, .sentinelC]
    }

    struct Record: Codable, Sendable {
        var ports: [String: Int]
        var passwords: [String: String]
        var processes: [String: ProcessIdentity] = [:]
        /// Whether all have known each other once.
        var hasSettled = false
    }

    package static let masterName = "main"

    package let folder: String
    /// The CA certificate to verify all members with.
    package let authority: String
    let options: Options
    let account: ServiceAccount
    let record: Record
    let executable: String
    var recordFile: RecordFile<Record> { RecordFile(path: "\(folder)/service.json") }

    package func port(of member: Member) -> Int { record.ports[member.rawValue] ?? 0 }
    func password(_ name: String) -> Secret { Secret(record.passwords[name] ?? "") }

    /// - Parameter user: of the data nodes; sentinels have one user only.
    package func url(_ user: RedisNode.User = .app, of member: Member) -> Secret {
        let port = port(of: member)
        return Member.sentinels.contains(member)
            ? Secret("rediss://default:\(password("sentinel").reveal())@127.0.0.1:\(port)/0")
            : Secret("rediss://\(user.rawValue):\(password(user.rawValue).reveal())@127.0.0.1:\(port)/0")
    }

    package var sentinelURLs: [Secret] { Member.sentinels.map { url(of: $0) } }

    /// The process of a member now, for signals (`SIGKILL`, `SIGSTOP`, …).
    package func process(_ member: Member) throws -> ProcessIdentity {
        guard let process = try running(member) else {
            throw LocalServiceError.notRunning(service: daemon(member).name, folder: folder)
        }
        return process
    }

    func running(_ member: Member) throws -> ProcessIdentity? {
        try daemon(member).running(recorded: recordFile.load()?.processes[member.rawValue])
    }

    func daemon(_ member: Member) -> Daemon {
        let file = configurationFile(of: member)
        let isSentinel = Member.sentinels.contains(member)
        return Daemon(
            name: "redis \(member.rawValue)", executable: executable,
            arguments: [file] + (isSentinel ? ["--sentinel"] : []), marks: [file], account: account, folder: folder,
            ports: [port(of: member)])
    }

    /// In a folder of the member's own: servers and sentinels rewrite their configuration after a failover.
    func configurationFile(of member: Member) -> String { "\(folder)/\(member.rawValue)/redis.conf" }
}
