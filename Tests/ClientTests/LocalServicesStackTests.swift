import Disk
import Foundation
import Glibc
import LocalServices
import OpsModel
import ProcessClient
import Synchronization
import TestSupport
import Testing

@Suite(.serialized, .enabled(if: Requirement.everything.isMet, "\(Requirement.everything.reason)"))
struct LocalServicesStackTests {
    @Test func secondUpKeepsProcessesAndAnUpAfterDownKeepsValues() async throws {
        try await withRoot { root async throws in
            let first = try await up(root)
            #expect(first.isRunning)
            #expect(first.services.map(\.pids.count) == [2, 1, 3, 1])
            let values = try readValues(root)
            #expect(Set(values.keys) == Self.names)
            #expect(
                values["database-url"]?.hasSuffix(
                    "/app?sslmode=verify-full&sslrootcert=\(root)/data/postgres/tls/ca.crt") == true)
            #expect(try await up(root) == first)
            #expect(try await LocalStack.status(root: root) == first)
            let down = try await LocalStack.down(root: root)
            #expect(!down.services.contains { $0.isRunning })
            #expect(try runningProcesses(using: root).isEmpty)
            #expect(try await up(root).isRunning)
            #expect(try readValues(root) == values)
        }
    }

    @Test func everythingSecretIsReadableForItsOwnerOnly() async throws {
        try await withRoot { root async throws in
            _ = try await up(root)
            let secrets = try readValues(root).filter { $0.key.hasSuffix("key") || $0.key.hasSuffix("token") }.values
            #expect(secrets.filter { $0.count == 64 }.count == 3)
            let files = try #require(FileManager.default.enumerator(atPath: root))
            for case let file as String in files {
                let attributes = try FileManager.default.attributesOfItem(atPath: "\(root)/\(file)")
                guard attributes[.type] as? FileAttributeType == .typeRegular,
                    let mode = attributes[.posixPermissions] as? Int,
                    mode & 0o077 != 0, let bytes = FileManager.default.contents(atPath: "\(root)/\(file)")
                else { continue }
                let text = String(decoding: bytes, as: UTF8.self)
                #expect(!secrets.contains { text.contains($0) }, "\(file) can be read by others")
            }
        }
    }

    @Test func downStopsItsOwnProcessesAndNoneThatGotAnOldPid() async throws {
        try await withRoot { root async throws in
            let report = try await up(root)
            let stranger = try DetachedProcess.start(
                executable: "sleep", arguments: ["1000"], environment: [:], folder: "/", log: "/dev/null")
            let stale: [String: Any] = [
                "pid": stranger.pid, "startTicks": stranger.startTicks - 1, "bootID": stranger.bootID,
            ]
            for name in ["redis", "haproxy"] { try editRecord(of: "\(root)/data/\(name)") { $0["process"] = stale } }
            try editRecord(of: "\(root)/data/postgres") { $0["processes"] = ["primary": stale] }
            let now = try await LocalStack.status(root: root)
            #expect(now == report, "what was lost from the records is found again")
            _ = try await LocalStack.down(root: root)
            #expect(try runningProcesses(using: root).isEmpty)
            #expect(try stranger.isRunning)
            #expect(try await stranger.stop(gracePeriod: .seconds(5)) == .exited)
        }
    }

    @Test func killedServicesAreStartedAgain() async throws {
        try await withRoot { root async throws in
            let report = try await up(root)
            for process in try runningProcesses(using: root) { try process.signal(SIGKILL) }
            try await eventually("all are gone") { try runningProcesses(using: root).isEmpty }
            #expect(try await LocalStack.status(root: root).services.allSatisfy { !$0.isRunning })
            let lines = Mutex<[String]>([])
            let again = try await up(root) { line in lines.withLock { $0.append(line) } }
            #expect(again.isRunning)
            #expect(again.services.map(\.addresses) == report.services.map(\.addresses))
            #expect(lines.withLock { $0 }.contains { $0.contains("the store had crashed: it is empty now") })
        }
    }

    @Test func takenPortIsExplainedAndHoldsUpOnlyItsService() async throws {
        try await withRoot { root async throws in
            let report = try await up(root)
            _ = try await LocalStack.down(root: root)
            let port = try #require(report.services[1].addresses.first?.split(separator: ":").last)
            let squatter = try DetachedProcess.start(
                executable: "python3", arguments: ["-m", "http.server", "--bind", "127.0.0.1", String(port)],
                environment: ["PATH": "/usr/bin:/bin"], folder: "/", log: "/dev/null")
            try await eventually("it listens") { try answersOnLoopback(#require(Int(port))) }
            let error = await #expect(throws: LocalServiceError.self) { try await up(root) }
            #expect(error?.diagnostic.id == "local.port_taken")
            #expect(error?.diagnostic.place == "127.0.0.1:\(port)")
            #expect(error?.diagnostic.why.contains("python3 (pid \(squatter.pid))") == true)
            #expect(try await LocalStack.status(root: root).services.map(\.isRunning) == [true, false, true, true])
            _ = try await squatter.stop(gracePeriod: .seconds(5))
            #expect(try await up(root).isRunning)
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root starts services as other users"))
    func closedRootSendsDataElsewhereAndLongPathsGetShortSockets() async throws {
        try await withRoot { outer async throws in
            let root = "\(outer)/\(String(repeating: "long-", count: 30))/root"
            try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
            chmod(outer, 0o700)
            let lines = Mutex<[String]>([])
            let report = try await up(root) { line in lines.withLock { $0.append(line) } }
            let folder = try #require(report.dataFolder)
            #expect(folder.hasPrefix("/var/tmp/opsctl-local."))
            #expect(lines.withLock { $0 }.contains { $0.contains("user postgres cannot enter") })
            _ = try await LocalStack.down(root: root, removingData: true)
            #expect(!FileManager.default.fileExists(atPath: folder))
            chmod(outer, 0o711)
            let open = try await up(root)
            #expect(open.isRunning)
            #expect(open.dataFolder == "\(root)/data")
            let socket = try #require(readValues(root)["router-socket"])
            #expect(socket.hasPrefix("/tmp/opsctl-run."))
            _ = try await LocalStack.down(root: root, removingData: true)
            #expect(!FileManager.default.fileExists(atPath: URL(filePath: socket).deletingLastPathComponent().path))
        }
    }

    @Test func onlyOneWorksOnARootAtATime() async throws {
        try await withScratchDirectory { root in
            let lock = try FileLock(path: "\(root)/lock", wait: false)
            let error = await #expect(throws: LocalServiceError.self) { try await up(root) }
            #expect(error?.diagnostic.id == "local.busy")
            withExtendedLifetime(lock) {}
        }
    }

    private static let names: Set<String> = [
        "app-url", "bucket-access-key", "bucket-endpoint", "bucket-name", "bucket-region", "bucket-secret-key",
        "database-probe-url",
        "database-replica-url", "database-url", "database-drill-url", "database-archive", "preview-token",
        "redis-probe-url", "redis-url", "router-latency-log", "router-map",
        "router-socket",
        "signing-key", "slot-blue-port", "slot-green-port", "spool-folder", "tls-ca",
    ]

    private func up(_ root: String, progress: @escaping @Sendable (String) -> Void = { _ in }) async throws
        -> LocalStackReport
    {
        try await LocalStack.up(root: root, options: LocalStack.Options { _, _ in }, progress: progress)
    }

    private func readValues(_ root: String) throws -> [String: String] {
        let folder = "\(root)/values"
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        return try Dictionary(
            uniqueKeysWithValues: names.map { ($0, try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8)) })
    }

    /// A scratch root whose services are killed afterwards.
    private func withRoot(_ body: (String) async throws -> Void) async throws {
        try await withScratchDirectory { root in
            do { try await body(root) } catch {
                for process in try runningProcesses(using: root) { try process.signal(SIGKILL) }
                throw error
            }
            _ = try await LocalStack.down(root: root)
            try await eventually("no process is left") { try runningProcesses(using: root).isEmpty }
        }
    }
}
