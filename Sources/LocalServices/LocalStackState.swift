import Foundation
import Glibc
import ProcessClient

/// What is decided once for a root folder and kept: `<root>/state.json`. Each service has a record of its own below `dataFolder`.
struct LocalStackState: Codable, Sendable {
    var schema = 1
    var dataFolder: String
    var app: String
    var hasReplica: Bool
    var archivesWAL: Bool
    var frontendPort: Int
    var bluePort: Int
    var greenPort: Int
    var previewToken: String
    var signingKey: String

    private static func file(_ root: String) -> RecordFile<LocalStackState> { RecordFile(path: "\(root)/state.json") }

    static func load(root: String) throws -> LocalStackState? { try file(root).load() }

    static func loadOrCreate(
        root: String, options: LocalStack.Options, progress: @Sendable (String) -> Void
    ) async throws -> LocalStackState {
        var state: LocalStackState
        if let recorded = try load(root: root) {
            state = recorded
        } else {
            let ports = try freeLoopbackPorts(3)
            state = LocalStackState(
                dataFolder: try await chooseDataFolder(root, progress), app: options.app,
                hasReplica: options.hasReplica,
                archivesWAL: options.archivesWAL, frontendPort: ports[0], bluePort: ports[1], greenPort: ports[2],
                previewToken: freshSecret(), signingKey: freshSecret())
        }
        (state.app, state.hasReplica, state.archivesWAL) = (options.app, options.hasReplica, options.archivesWAL)
        try file(root).save(state)
        return state
    }

    /// `<root>/data` if every service user can get there, else a fresh folder below /var/tmp.
    private static func chooseDataFolder(_ root: String, _ progress: @Sendable (String) -> Void) async throws -> String
    {
        let path = "\(root)/data"
        let obstacle = try await obstacle(to: path)
        guard let obstacle else { return path }
        var template = Array("/var/tmp/opsctl-local.XXXXXX\0".utf8)
        let isMade = template.withUnsafeMutableBytes {
            mkdtemp($0.baseAddress!.assumingMemoryBound(to: CChar.self)) != nil
        }
        let elsewhere = String(decoding: template.dropLast(), as: UTF8.self)
        guard isMade, chmod(elsewhere, 0o711) == 0 else {
            throw LocalServiceError.failed(
                action: "make a folder for service data", path: elsewhere, reason: lastError())
        }
        progress("service data goes to \(elsewhere): \(obstacle)")
        return elsewhere
    }

    /// Why the services cannot live in `path`; nil when they can.
    private static func obstacle(to path: String) async throws -> String? {
        guard isPlainPath(path) else { return "configuration files cannot carry the path \(path)" }
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        guard chmod(path, 0o711) == 0 else { return "cannot open \(path): \(lastError())" }
        for name in ["postgres", "redis", "ceph", "haproxy"] {
            let account = try ServiceAccount.named(name)
            if try await !account.canEnter(path) { return "user \(account.name) cannot enter \(path)" }
        }
        return nil
    }
}
