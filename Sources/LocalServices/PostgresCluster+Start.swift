import Cryptography
import Foundation
import Glibc
import OpsModel
import ProcessClient

extension PostgresCluster {
    /// Starts what does not run yet; data, ports and passwords of an earlier start in the same folder are kept.
    package static func start(in folder: String, _ options: Options = Options()) async throws -> PostgresCluster {
        let cluster = try await prepare(folder, options)
        try await cluster.endLeftovers()
        try cluster.removeDrafts()
        try await cluster.initialise()
        try await cluster.start(.primary)
        if try cluster.recordFile.load()?.isSetUp != true {
            try await cluster.createRoles()
            try cluster.update { $0.isSetUp = true }
        }
        if options.hasReplica {
            try await cluster.copyToReplica()
            try await cluster.start(.replica)
        }
        return cluster
    }

    /// The cluster of `folder` as it was recorded, running or not; nil when there is none.
    package static func recorded(in folder: String, _ options: Options = Options()) async throws -> PostgresCluster? {
        guard FileManager.default.fileExists(atPath: "\(folder)/service.json") else { return nil }
        return try await prepare(folder, options)
    }

    private static func prepare(_ folder: String, _ options: Options) async throws -> PostgresCluster {
        guard let programs = postgresFolders().first else {
            throw LocalServiceError.missingProgram(name: "postgres", debianPackage: "postgresql")
        }
        let account = try ServiceAccount.named("postgres")
        try await account.claim(folder)
        let record = try RecordFile<Record>(path: "\(folder)/service.json").loadOrCreate {
            let ports = try freeLoopbackPorts(2)
            return Record(
                primaryPort: ports[0], replicaPort: ports[1],
                passwords: Dictionary(uniqueKeysWithValues: Role.allCases.map { ($0.rawValue, freshSecret()) }))
        }
        let shared = if let tls = options.tls { tls } else { try await TLSMaterial.ensure(in: "\(folder)/authority") }
        let tls = try shared.install(in: "\(folder)/tls", for: account)
        return PostgresCluster(
            folder: folder, options: options, port: record.primaryPort, replicaPort: record.replicaPort,
            socketFolder: try runtimeFolder(of: folder, for: account), authority: tls.authority, account: account,
            passwords: record.passwords, programs: programs)
    }

    private func start(_ member: Member) async throws {
        let daemon = daemon(member)
        let running = try running(member)
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            let process = try running ?? daemon.start()
            try update { $0.processes[member.rawValue] = process }
            do {
                return try await daemon.waitUntilReady(process, within: .seconds(60)) { try await isReady(member) }
            } catch LocalServiceError.notReady(_, _, let evidence)
                where evidence.contains("still in use") && ContinuousClock.now < deadline
            {
                // Backends of a server that was killed leave within moments; the new one refuses to start until then.
                try await Task.sleep(for: .milliseconds(200))
            }
        }
    }

    func update(_ change: (inout Record) -> Void) throws {
        var record = try recordFile.load() ?? Record(primaryPort: port, replicaPort: replicaPort, passwords: passwords)
        change(&record)
        try recordFile.save(record)
    }

    private func isReady(_ member: Member) async throws -> Bool {
        let command = account.command(
            "\(programs)/pg_isready", ["-q", "-h", socketFolder, "-p", "\(port(of: member))", "-t", "5"], in: folder)
        return try await runCommand(command, timeout: .seconds(20)).status == 0
    }

    func endLeftovers() async throws {
        try await LocalServices.endLeftovers(of: ["initdb", "pg_basebackup", "psql"], using: folder)
    }

    /// Half-made data folders of runs that were killed.
    private func removeDrafts() throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) where name.contains(".new.") {
            try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
        }
    }

    /// A name of its own for each attempt: a program that outlived a killed `up` cannot write into ours.
    private func makeDraft(of member: Member) throws -> String {
        let draft = "\(dataFolder(of: member)).new.\(hex(randomBytes(4)))"
        try account.makeFolder(draft)
        return draft
    }

    private func initialise() async throws {
        let data = dataFolder(of: .primary)
        guard !FileManager.default.fileExists(atPath: data) else { return }
        if options.archivesWAL { try account.makeFolder(archiveFolder) }
        let draft = try makeDraft(of: .primary)
        let passwordFile = "\(folder)/password.new.\(hex(randomBytes(4)))"
        try account.write(password(of: .superuser).reveal(), to: passwordFile)
        let command = account.command(
            "\(programs)/initdb",
            ["-D", draft, "-U", "postgres", "--pwfile=\(passwordFile)", "-A", "scram-sha-256"]
                + ["--no-locale", "-E", "UTF8", "--data-checksums", "--no-sync", "--no-instructions"], in: folder)
        try await runCommand(command, timeout: .seconds(120)).checked(command)
        try FileManager.default.removeItem(atPath: passwordFile)
        try writeConfiguration(in: draft)
        try place(draft, at: data)
    }

    private func writeConfiguration(in data: String) throws {
        let base = try String(contentsOfFile: "\(data)/postgresql.conf", encoding: .utf8)
        try account.write(base + "\ninclude = 'opsctl.conf'\n", to: "\(data)/postgresql.conf")
        try account.write(serverConfiguration, to: "\(data)/opsctl.conf")
        try account.write(accessRules, to: "\(data)/pg_hba.conf")
        try account.write("owner \(account.name) postgres\n", to: "\(data)/pg_ident.conf")
    }

    private func copyToReplica() async throws {
        let data = dataFolder(of: .replica)
        guard !FileManager.default.fileExists(atPath: data) else { return }
        try await claimSlot()
        let draft = try makeDraft(of: .replica)
        let command = account.command(
            "\(programs)/pg_basebackup",
            ["-d", "host=127.0.0.1 port=\(port) user=repl sslmode=verify-full sslrootcert=\(authority)"]
                + ["-D", draft, "-X", "stream", "-c", "fast", "-R", "-S", replicaSlot, "--no-sync"],
            in: folder, environment: ["PGPASSWORD": password(of: .replication).reveal()])
        try await runCommand(command, timeout: .seconds(600)).checked(command)
        try place(draft, at: data)
    }

    /// Makes the slot. Of a copy that was killed its sender may still hold it for a moment.
    private func claimSlot() async throws {
        try await sql(
            """
            SELECT pg_create_physical_replication_slot('\(replicaSlot)') WHERE NOT EXISTS
                (SELECT FROM pg_replication_slots WHERE slot_name = '\(replicaSlot)')
            """, database: "postgres")
        let isActive = "SELECT active FROM pg_replication_slots WHERE slot_name = '\(replicaSlot)'"
        let deadline = ContinuousClock.now + .seconds(60)
        while try await sql(isActive, database: "postgres") == "t", ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    private func place(_ draft: String, at path: String) throws {
        guard rename(draft, path) == 0 else {
            throw LocalServiceError.failed(action: "put a data folder in place", path: path, reason: lastError())
        }
    }
}
