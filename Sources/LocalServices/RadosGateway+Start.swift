import Cryptography
import Foundation
import Glibc
import OpsModel
import ProcessClient

extension RadosGateway {
    /// Starts what does not run yet; objects, ports and keys of an earlier start in the same folder are kept if its store ended
    /// in good order.
    package static func start(in folder: String) async throws -> RadosGateway {
        var gateway = try await prepare(folder)
        try await gateway.endLeftovers()
        let record = gateway.record
        if record.isSetUp, try Member.allCases.allSatisfy({ try gateway.running($0) != nil }) { return gateway }
        // A store that still runs has everything; one that ended in good order has it on disk.
        let hasContent = try record.isStoreComplete || gateway.running(.store) != nil
        if !record.isSetUp || !hasContent {
            gateway.lostContent = record.isSetUp
            try await gateway.startEmpty()
        } else {
            try await gateway.launch(.monitor)
            try await gateway.launch(.store)
            try await gateway.launch(.gateway)
        }
        return gateway
    }

    /// The gateway of `folder` as it was recorded, running or not; nil when there is none.
    package static func recorded(in folder: String) async throws -> RadosGateway? {
        guard FileManager.default.fileExists(atPath: "\(folder)/service.json") else { return nil }
        return try await prepare(folder)
    }

    private static func prepare(_ folder: String) async throws -> RadosGateway {
        let programs = try Programs.find()
        let account = try ServiceAccount.named("ceph")
        try await account.claim(folder)
        let record = try RecordFile<Record>(path: "\(folder)/service.json").loadOrCreate {
            let ports = try freeLoopbackPorts(2)
            return Record(
                monitorPort: ports[0], firstStorePort: try freeLoopbackPortRange(storePorts), gatewayPort: ports[1],
                clusterID: UUID().uuidString.lowercased(), storeID: UUID().uuidString.lowercased(),
                accessKey: String(hex(randomBytes(10)).uppercased()), secretKey: freshSecret())
        }
        return RadosGateway(
            folder: folder, port: record.gatewayPort, accessKey: record.accessKey, secretKey: Secret(record.secretKey),
            account: account, record: record, runFolder: try runtimeFolder(of: folder, for: account), programs: programs
        )
    }

    func endLeftovers() async throws {
        try await LocalServices.endLeftovers(of: ["radosgw-admin", "monmaptool"], using: folder)
    }

    func running(_ member: Member) throws -> ProcessIdentity? {
        try daemon(member).running(recorded: recordFile.load()?.processes[member.rawValue])
    }

    private func startEmpty() async throws {
        try update { $0.isSetUp = false }
        for member in Member.allCases.reversed() { try await kill(member) }
        for name in ["monitor", "store", "gateway"] {
            if FileManager.default.fileExists(atPath: "\(folder)/\(name)") {
                try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
            }
            try account.makeFolder("\(folder)/\(name)")
        }
        try account.write(configuration, to: configurationFile)
        let map = "\(runFolder)/monmap"
        try await run(
            programs.monmaptool,
            [
                "--create", "--clobber", "--fsid", record.clusterID, "--addv", "a",
                "[v2:127.0.0.1:\(record.monitorPort)]", map,
            ])
        try await run(programs.monitor, ["-c", configurationFile, "--mkfs", "-i", "a", "--monmap", map])
        try await launch(.monitor)
        try await run(
            programs.ceph, ["-c", configurationFile, "--connect-timeout", "30", "osd", "new", record.storeID])
        try await run(programs.store, ["-c", configurationFile, "-i", "0", "--mkfs", "--osd-uuid", record.storeID])
        try await launch(.store)
        try await launch(.gateway)
        try await run(programs.admin, ["-c", configurationFile, "metadata", "put", "user:app"], input: user)
        try update { $0.isSetUp = true }
    }

    private func launch(_ member: Member) async throws {
        let daemon = daemon(member)
        let running = try running(member)
        let process = try running ?? daemon.start()
        try update { record in
            record.processes[member.rawValue] = process
            // From here on the files on disk grow old.
            if member == .store { record.isStoreComplete = false }
        }
        // The store binds ports of its own choice; the gateway is ready only when the store is.
        guard member != .store, running == nil else { return }
        let port = member == .monitor ? record.monitorPort : record.gatewayPort
        try await daemon.waitUntilReady(process, within: .seconds(120)) { answersOnLoopback(port) }
    }

    @discardableResult
    private func run(_ executable: String, _ arguments: [String], input: String? = nil) async throws -> CommandResult {
        let command = account.command(executable, arguments, in: folder, input: input)
        return try await runCommand(command, timeout: .seconds(120)).checked(command)
    }

    /// Through standard input: arguments can be read by every user.
    private var user: String {
        let key = #"{"user":"app","access_key":"\#(record.accessKey)","secret_key":"\#(record.secretKey)"}"#
        return
            #"{"key":"user:app","data":{"user_id":"app","display_name":"app","email":"","suspended":0,"max_buckets":1000,"#
            + #""subusers":[],"keys":[\#(key)],"swift_keys":[],"caps":[],"op_mask":"read, write, delete","type":"rgw"}}"#
    }

    func update(_ change: (inout Record) -> Void) throws {
        var record = try recordFile.load() ?? self.record
        change(&record)
        try recordFile.save(record)
    }
}
