import Glibc
import OpsModel
import PostgresClient
import ProcessClient
import Synchronization

/// The steps of one drill in their order, and what has to be undone afterwards.
final class PITRFlow: Sendable {
    let drill: PITRDrill
    let log: DrillLog
    private let state = Mutex(State())

    private struct State {
        var findings = PITRFindings()
        var folder: DrillFolder?
        var live: LiveServer?
        var hasWritten = false
        var server: ProcessIdentity?
    }

    init(drill: PITRDrill, log: DrillLog) { (self.drill, self.log) = (drill, log) }

    var findings: PITRFindings { state.withLock { $0.findings } }
    private var settings: PITRSettings { drill.settings }

    private func find(_ change: @Sendable (inout PITRFindings) -> Void) { state.withLock { change(&$0.findings) } }

    /// What the preflight hands on.
    private struct Start: Sendable {
        let live: LiveServer
        let facts: LiveServer.Facts
        let archiver: ArchiverState
        let account: ScratchAccount
        let programs: PITRPrograms
    }

    func run() async throws {
        let source = drill.source
        let start = try await log.step("preflight", detail: { Self.text($0.facts) }) { try await preflight(source) }
        let site = try await makeSite(start)
        let backup = try await log.step("backup", detail: Self.text) {
            try await watching(start) { try await source.backup(start.facts, on: site) }
        }
        find { $0.backup = backup }
        let rows = try await log.step("heartbeat", detail: { "target time \($0.target)" }) {
            try await writeHeartbeats(start)
        }
        let archived = try await log.step("archive", detail: Self.text) {
            try await start.live.waitUntilArchived(rows, maySwitch: start.facts.maySwitch, since: start.archiver)
        }
        find { $0.archived = archived }
        try await restore(source, backup, rows, start, site)
    }

    private func preflight(_ source: any BackupSource) async throws -> Start {
        let live = try await LiveServer.connect(to: settings.url)
        state.withLock { $0.live = live }
        let facts = try await live.facts()
        find {
            ($0.serverVersion, $0.systemIdentifier) = (facts.version, facts.systemIdentifier)
            $0.archiveTimeout = facts.archiveTimeout
        }
        if facts.isReplica { throw DrillError.replica(server: live.server) }
        guard facts.archiveMode != "off" else {
            throw DrillError.noArchive(
                setting: "archive_mode = off", fix: "ALTER SYSTEM SET archive_mode = on; then restart the server")
        }
        guard facts.hasArchiver else {
            throw DrillError.noArchive(
                setting: "archive_command is empty",
                fix: "ALTER SYSTEM SET archive_command = '…'; SELECT pg_reload_conf()")
        }
        let archiver = try await live.archiver()
        if archiver.isFailing {
            throw DrillError.archiverFails(segment: archiver.failedSegment, failures: archiver.failed)
        }
        let account = try ScratchAccount(named: settings.user, environment: settings.toolEnvironment)
        let programs = try await PITRPrograms.find(settings.binaries, major: facts.major)
        for name in ["setpriv", "flock"] where findExecutable(name) == nil {
            throw DrillError.missingProgram(
                name: name, why: "no executable file of that name in PATH", debianPackage: "util-linux")
        }
        try requireSpace(try await source.preflight(facts, account))
        return Start(live: live, facts: facts, archiver: archiver, account: account, programs: programs)
    }

    /// Some more than asked for: WAL that recovery fetches, and the server's own files.
    private func requireSpace(_ bytes: Int64) throws {
        var space = statvfs()
        guard statvfs(settings.scratch, &space) == 0 else {
            throw DrillError.unreadable(
                what: "the free space", place: settings.scratch, why: String(cString: strerror(errno)))
        }
        let free = Int64(clamping: UInt64(space.f_bavail) * UInt64(space.f_frsize))
        let needed = bytes + bytes / 10 + 128 << 20
        guard free >= needed else { throw DrillError.noSpace(path: settings.scratch, free: free, needed: needed) }
    }

    private func makeSite(_ start: Start) async throws -> PITRSite {
        try await log.step("scratch", detail: { $0.folder.path }) {
            _ = try await DrillFolder.sweep(settings.scratch)
            let folder = try await DrillFolder.make(in: settings.scratch, drill: drill.id, for: start.account)
            state.withLock { $0.folder = folder }
            guard folder.path.utf8.count <= 80 else {
                throw DrillError.closed(
                    path: folder.path, user: start.account.name, need: "make a socket below a path this long")
            }
            let port = try freeLoopbackPorts(1)[0]
            return PITRSite(folder: folder, account: start.account, programs: start.programs, port: port)
        }
    }

    /// Runs `body`; an archiver that begins to fail ends it, because pg_basebackup waits for the archive without end.
    private func watching<Value: Sendable>(
        _ start: Start, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        // A session of its own: the watch is cancelled in the middle of a question, which costs the session.
        let watch = try await LiveServer.connect(to: settings.url)
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await watch.watchArchiver(since: start.archiver)
                return nil
            }
            defer { group.cancelAll() }
            while let value = try await group.next() { if let value { return value } }
            throw CancellationError()
        }
    }

    private func writeHeartbeats(_ start: Start) async throws -> Heartbeats {
        try await start.live.prepareHeartbeat(role: start.facts.role)
        state.withLock { $0.hasWritten = true }
        let rows = try await start.live.writeHeartbeats(drill.id)
        find { ($0.target, $0.expectedCounts) = (rows.target, rows.counts) }
        return rows
    }

    private func restore(
        _ source: any BackupSource, _ backup: DrillBackup, _ rows: Heartbeats, _ start: Start, _ site: PITRSite
    ) async throws {
        let clock = ContinuousClock.now
        let server = ScratchServer(site: site, role: start.facts.role, database: settings.url.database)
        try await log.step("restore", detail: { "files in place" }) {
            try await source.restore(backup, to: rows.target, start.facts, on: site)
            try server.configure(
                target: rows.target, restoreCommand: source.restoreCommand(on: site), limits: start.facts.limits)
        }
        let copy = try await log.step("recover", detail: { _ in "paused at the target time" }) {
            let process = try server.start()
            state.withLock { $0.server = process }
            return try await server.waitUntilPaused(process, target: rows.target, major: start.facts.major)
        }
        let restored = try await log.step("query", detail: Self.text) { try await look(at: copy, rows) }
        find { ($0.restored, $0.recovery) = (restored, restored.hasRowBefore ? ContinuousClock.now - clock : nil) }
    }

    private func look(at copy: PostgresConnection, _ rows: Heartbeats) async throws -> PITRFindings.Restored {
        let table = try await copy.query("SELECT to_regclass('opsctl_probe.heartbeat') IS NOT NULL AS is_there")
        var found: Set<String> = []
        if table.value("is_there") == "t" {
            let ids = try await copy.query(
                "SELECT id FROM opsctl_probe.heartbeat WHERE id IN ($1, $2)", [rows.before.id, rows.after.id])
            found = Set(ids.rows.compactMap { $0.first ?? nil })
        }
        let system = try await copy.query("SELECT system_identifier FROM pg_control_system()")
        return PITRFindings.Restored(
            hasRowBefore: found.contains(rows.before.id), hasRowAfter: found.contains(rows.after.id),
            systemIdentifier: try system.text("system_identifier"),
            counts: try ClusterCounts(try await copy.query(LiveServer.countsQuery)))
    }

    /// Undoes everything, also in a cancelled task. - Returns: what is left all the same.
    func cleanUp() async -> [String] {
        let (folder, live, hasWritten, server) = state.withLock { ($0.folder, $0.live, $0.hasWritten, $0.server) }
        var left: [String] = []
        if let folder {
            do {
                try await folder.remove()
                _ = try server?.isRunning  // collects the exit of our child
            } catch { left.append("\(folder.path): \(Self.reason(error))") }
        }
        if let live, hasWritten {
            let rows = "rows \(drill.id)-* in opsctl_probe.heartbeat on \(live.server)"
            // A task of its own, because cancellation is one of the reasons to clean up.
            let result = await Task { [id = drill.id, url = settings.url] in
                let usable = live.connection.isUsable ? live : try await LiveServer.connect(to: url)
                try await usable.removeHeartbeats(id)
            }.result
            if case .failure(let error) = result { left.append("\(rows): \(Self.reason(error))") }
        }
        return left
    }
}
