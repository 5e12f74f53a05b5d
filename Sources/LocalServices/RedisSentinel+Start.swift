import Foundation
import Glibc
import OpsModel
package import ProcessClient
import RedisClient

extension RedisSentinel {
    /// Starts what does not run yet; data, ports, passwords and roles of an earlier start in the same folder are kept. Returns
    /// once every sentinel knows the replica and the two others.
    package static func start(in folder: String, _ options: Options = Options()) async throws -> RedisSentinel {
        let group = try await prepare(folder, options)
        for member in Member.dataNodes { try await group.start(member) }
        // A sentinel that meets the master before its replica learns of it 10 s later, with the next INFO. Later on only the
        // sentinels can tell which of the two is the master.
        if !group.record.hasSettled {
            try await group.waitUntil("the replica is in step") { try await group.isReplicaLinked() }
        }
        for member in Member.sentinels { try await group.start(member) }
        try await group.waitUntil("the sentinels agree, and the replica is in step") {
            for member in Member.sentinels where try await !group.isSettled(member) { return false }
            return try await group.isReplicaLinked()
        }
        try group.update { $0.hasSettled = true }
        return group
    }

    /// Starts one member that does not run.
    package func start(_ member: Member) async throws {
        let daemon = daemon(member)
        let process = try running(member) ?? daemon.start()
        try update { $0.processes[member.rawValue] = process }
        try await daemon.waitUntilReady(process, within: .seconds(60)) { answersOnLoopback(port(of: member)) }
    }

    /// Stops sentinels first, so that they do not take the end for a failure.
    package func stop() async throws {
        for member in Member.allCases.reversed() { try await stop(member) }
    }

    @discardableResult
    package func stop(_ member: Member) async throws -> StopOutcome {
        guard let process = try running(member) else { return .notRunning }
        let outcome = try await process.stop(gracePeriod: .seconds(30))
        try update { $0.processes[member.rawValue] = nil }
        return outcome
    }

    private static func prepare(_ folder: String, _ options: Options) async throws -> RedisSentinel {
        let account = try ServiceAccount.named("redis")
        try await account.claim(folder)
        let record = try RecordFile<Record>(path: "\(folder)/service.json").loadOrCreate {
            let names = RedisNode.User.allCases.map(\.rawValue) + ["sentinel", "replication", "watch"]
            return Record(
                ports: Dictionary(
                    uniqueKeysWithValues: zip(
                        Member.allCases.map(\.rawValue), try freeLoopbackPorts(Member.allCases.count))),
                passwords: Dictionary(uniqueKeysWithValues: names.map { ($0, freshSecret()) }))
        }
        let shared = if let tls = options.tls { tls } else { try await TLSMaterial.ensure(in: "\(folder)/authority") }
        let tls = try shared.install(in: "\(folder)/tls", for: account)
        let group = RedisSentinel(
            folder: folder, authority: tls.authority, options: options, account: account, record: record,
            executable: try program("redis-server", from: "redis-server"))
        for member in Member.allCases {
            let file = group.configurationFile(of: member)
            try account.makeFolder("\(folder)/\(member.rawValue)")
            if !FileManager.default.fileExists(atPath: file) {
                try account.write(group.configuration(of: member), to: file)
            }
        }
        return group
    }

    private func update(_ change: (inout Record) -> Void) throws {
        var record = try recordFile.load() ?? self.record
        change(&record)
        try recordFile.save(record)
    }

    private func waitUntil(_ what: String, _ condition: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(40)
        while try await !condition() {
            guard ContinuousClock.now < deadline else {
                throw LocalServiceError.notReady(service: "redis sentinel", log: folder, evidence: "not yet: \(what)")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Whichever of the two is the replica now.
    private func isReplicaLinked() async throws -> Bool {
        for member in Member.dataNodes {
            let info = try await ask(member, ["INFO", "replication"]).text ?? ""
            if info.contains("master_link_status:up") { return true }
        }
        return false
    }

    private func isSettled(_ member: Member) async throws -> Bool {
        guard case .array(let fields) = try await ask(member, ["SENTINEL", "MASTER", Self.masterName]) else {
            return false
        }
        let texts = fields.map { $0.text ?? "" }
        func field(_ name: String) -> String? {
            texts.firstIndex(of: name).flatMap { $0 + 1 < texts.count ? texts[$0 + 1] : nil }
        }
        return field("num-slaves") == "1" && field("num-other-sentinels") == "2" && field("flags") == "master"
    }

    private func ask(_ member: Member, _ words: [String]) async throws -> RedisValue {
        var url = try RedisURL(url(.ops, of: member))
        url.authorityFile = authority
        let connection = try await RedisConnection.open(url, timeout: .seconds(5))
        return try await connection.send([words], timeout: .seconds(5))[0]
    }
}
