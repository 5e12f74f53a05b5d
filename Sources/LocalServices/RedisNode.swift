import Cryptography
import Foundation
import Glibc
package import OpsModel
package import ProcessClient

/// A real Redis server on loopback: TLS only, the default user off, append-only file, no eviction.
///
/// Users: `app` (keys `app:*`, no dangerous or administrative commands), `ops` (everything), `probe` (PING, INFO, ACL GETUSER,
/// SLOWLOG LEN and canary keys `opsctl:*`).
package struct RedisNode: Sendable {
    package struct Options: Sendable {
        package var maximumMemory = "256mb"
        /// Certificates to share with other services; nil makes own ones.
        package var tls: TLSMaterial?
        package init() {}
    }

    package enum User: String, Sendable, CaseIterable { case app, ops, probe }

    struct Record: Codable, Sendable {
        var port: Int
        var passwords: [String: String]
        var process: ProcessIdentity?
    }

    package let folder: String
    package let port: Int
    /// The CA certificate to verify the server with.
    package let authority: String
    let options: Options
    let account: ServiceAccount
    let passwords: [String: String]
    let daemon: Daemon
    var recordFile: RecordFile<Record> { RecordFile(path: "\(folder)/service.json") }

    package func password(of user: User) -> Secret { Secret(passwords[user.rawValue] ?? "") }

    package func url(_ user: User = .app) -> Secret {
        Secret("rediss://\(user.rawValue):\(password(of: user).reveal())@127.0.0.1:\(port)/0")
    }

    /// The server process now, for signals (`SIGKILL`, `SIGSTOP`, …).
    package func process() throws -> ProcessIdentity {
        guard let process = try running() else {
            throw LocalServiceError.notRunning(service: daemon.name, folder: folder)
        }
        return process
    }

    func running() throws -> ProcessIdentity? { try daemon.running(recorded: recordFile.load()?.process) }

    /// Starts what does not run yet; data, port and passwords of an earlier start in the same folder are kept.
    package static func start(in folder: String, _ options: Options = Options()) async throws -> RedisNode {
        let node = try await prepare(folder, options)
        var record = try node.recordFile.load() ?? Record(port: node.port, passwords: node.passwords)
        let running = try node.daemon.running(recorded: record.process)
        if running == nil { try node.account.write(node.configuration, to: node.configurationFile) }
        let process = try running ?? node.daemon.start()
        record.process = process
        try node.recordFile.save(record)
        try await node.daemon.waitUntilReady(process, within: .seconds(60)) { try await node.isReady() }
        return node
    }

    /// The node of `folder` as it was recorded, running or not; nil when there is none.
    package static func recorded(in folder: String, _ options: Options = Options()) async throws -> RedisNode? {
        guard FileManager.default.fileExists(atPath: "\(folder)/service.json") else { return nil }
        return try await prepare(folder, options)
    }

    /// Stops the server after it has written its data; `start(in:)` brings it back.
    @discardableResult
    package func stop() async throws -> StopOutcome {
        guard var record = try recordFile.load(), let process = try daemon.running(recorded: record.process) else {
            return .notRunning
        }
        let outcome = try await process.stop(gracePeriod: .seconds(30))
        record.process = nil
        try recordFile.save(record)
        return outcome
    }

    private static func prepare(_ folder: String, _ options: Options) async throws -> RedisNode {
        let server = try program("redis-server", from: "redis-server")
        let account = try ServiceAccount.named("redis")
        try await account.claim(folder)
        let record = try RecordFile<Record>(path: "\(folder)/service.json").loadOrCreate {
            let passwords = Dictionary(uniqueKeysWithValues: User.allCases.map { ($0.rawValue, freshSecret()) })
            return Record(port: try freeLoopbackPorts(1)[0], passwords: passwords)
        }
        let shared = if let tls = options.tls { tls } else { try await TLSMaterial.ensure(in: "\(folder)/authority") }
        let tls = try shared.install(in: "\(folder)/tls", for: account)
        try account.makeFolder("\(folder)/data")
        let file = "\(folder)/redis.conf"
        let daemon = Daemon(
            name: "redis", executable: server, arguments: [file], marks: [file], account: account, folder: folder,
            ports: [record.port])
        return RedisNode(
            folder: folder, port: record.port, authority: tls.authority, options: options, account: account,
            passwords: record.passwords, daemon: daemon)
    }

    private func isReady() async throws -> Bool {
        let command = account.command(
            try program("redis-cli", from: "redis-tools"),
            ["--tls", "--cacert", authority, "-h", "127.0.0.1", "-p", "\(port)", "--user", "probe", "PING"], in: folder,
            environment: ["REDISCLI_AUTH": password(of: .probe).reveal()])
        return try await runCommand(command, timeout: .seconds(20)).output == "PONG\n"
    }

    var configurationFile: String { "\(folder)/redis.conf" }

    /// Passwords enter as digests. The title stays as it is: by its command line the process is found again.
    private var configuration: String {
        func user(_ user: User, _ rules: String) -> String {
            "user \(user.rawValue) on #\(hex(sha256(password(of: user).reveal().utf8))) \(rules)"
        }
        return """
            port 0
            tls-port \(port)
            bind 127.0.0.1
            protected-mode yes
            tls-cert-file \(folder)/tls/server.crt
            tls-key-file \(folder)/tls/server.key
            tls-ca-cert-file \(folder)/tls/ca.crt
            tls-auth-clients no
            tls-replication yes
            tls-protocols "TLSv1.2 TLSv1.3"
            daemonize no
            set-proc-title no
            dir \(folder)/data
            save ""
            appendonly yes
            maxmemory \(options.maximumMemory)
            maxmemory-policy noeviction
            user default off
            \(user(.app, "~app:* &app:* +@all -@dangerous -@admin +info"))
            \(user(.ops, "~* &* +@all"))
            \(user(.probe, "~opsctl:* resetchannels -@all +ping +hello +info +role +select +set +get +del +ttl +pttl +acl|whoami +acl|getuser +slowlog|len"))

            """
    }
}
