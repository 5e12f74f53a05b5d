import Foundation
import HAProxyClient
import Glibc
package import OpsModel
package import ProcessClient

/// A real HAProxy in front of the two slots of one app. The whole route is one map file, read at every start and changed at run
/// time through the stats socket (`prepare map`, `add map @v`, `commit map @v`).
///
/// Map keys: `<app>.color` (who gets what the candidate does not get), `<app>.candidate` and `<app>.weight` (its share of new
/// requests, 0…10000), `<app>.epoch` (not read by HAProxy).
package struct HAProxyProcess: Sendable {
    package struct Options: Sendable {
        package var app = "app"
        package var frontendPort: Int
        package var bluePort: Int
        package var greenPort: Int
        /// Header `x-opsctl-preview: <token>-blue|-green` chooses a slot; everybody else's header is removed.
        package var previewToken: Secret
        /// Where access logs go, as HAProxy writes it: `127.0.0.1:514 local0`; nil writes none.
        package var logTarget: String?
        /// Unix datagram socket for one line a request, by which latency is judged; it takes the place of `logTarget` for requests.
        package var latencyLog: String?

        package init(frontendPort: Int, bluePort: Int, greenPort: Int, previewToken: Secret) {
            (self.frontendPort, self.bluePort, self.greenPort) = (frontendPort, bluePort, greenPort)
            self.previewToken = previewToken
        }

        package func port(of slot: Slot) -> Int { slot == .blue ? bluePort : greenPort }
    }

    struct Record: Codable, Sendable { var process: ProcessIdentity? }

    package let folder: String
    package let options: Options
    /// The stats socket, level admin, for its owner and root only.
    package let socket: String
    /// The durable route.
    package let map: String
    let account: ServiceAccount
    let executable: String

    /// The user that it runs as, who must be allowed to write to `latencyLog`.
    package var userID: UInt32 { account.uid }
    package var address: String { "http://127.0.0.1:\(options.frontendPort)" }
    package var configurationFile: String { "\(folder)/haproxy.cfg" }
    var recordFile: RecordFile<Record> { RecordFile(path: "\(folder)/service.json") }

    var daemon: Daemon {
        Daemon(
            name: "haproxy", executable: executable, arguments: ["-W", "-f", configurationFile],
            marks: ["-W", configurationFile],
            account: account, folder: folder, ports: [options.frontendPort])
    }

    /// The master process now, for signals.
    package func process() throws -> ProcessIdentity {
        guard let process = try running() else {
            throw LocalServiceError.notRunning(service: "haproxy", folder: folder)
        }
        return process
    }

    func running() throws -> ProcessIdentity? { try daemon.running(recorded: recordFile.load()?.process) }

    /// Starts it if it does not run. A running one is kept, and reloaded without a lost request if its configuration changed.
    /// An existing map is never overwritten.
    package static func start(in folder: String, _ options: Options) async throws -> HAProxyProcess {
        let proxy = try await prepare(folder, options)
        try proxy.writeFirstRoute()
        let isChanged = try await proxy.writeConfiguration()
        let running = try proxy.running()
        let process = try running ?? proxy.daemon.start()
        try proxy.recordFile.save(Record(process: process))
        if running != nil, isChanged { try await proxy.reload() }
        try await proxy.daemon.waitUntilReady(process, within: .seconds(30)) { await proxy.isReady }
        return proxy
    }

    /// Whether both doors are open: the frontend, and the runtime socket, which is put in its place a little later.
    private var isReady: Bool {
        get async {
            guard answersOnLoopback(options.frontendPort) else { return false }
            do { return try await !HAProxyClient(socket: socket).ask("show info").isEmpty } catch { return false }
        }
    }

    /// The proxy of `folder` as it was recorded, running or not; nil when there is none.
    package static func recorded(in folder: String, _ options: Options) async throws -> HAProxyProcess? {
        guard FileManager.default.fileExists(atPath: "\(folder)/service.json") else { return nil }
        return try await prepare(folder, options)
    }

    /// Reads configuration and map again; established connections and listening sockets live on.
    package func reload() async throws { try process().signal(SIGUSR2) }

    /// Ends all connections and stops; the map file stays.
    @discardableResult
    package func stop() async throws -> StopOutcome {
        guard let process = try running() else { return .notRunning }
        let outcome = try await process.stop(gracePeriod: .seconds(10))
        try recordFile.save(Record(process: nil))
        return outcome
    }

    private static func prepare(_ folder: String, _ options: Options) async throws -> HAProxyProcess {
        let executable = try program("haproxy", from: "haproxy")
        let account = try ServiceAccount.named("haproxy")
        try await account.claim(folder)
        return HAProxyProcess(
            folder: folder, options: options, socket: "\(try runtimeFolder(of: folder, for: account))/router.sock",
            map: "\(folder)/route.map", account: account, executable: executable)
    }

    private func writeFirstRoute() throws {
        guard !FileManager.default.fileExists(atPath: map) else { return }
        let app = options.app
        try account.write("\(app).color blue\n\(app).candidate green\n\(app).weight 0\n\(app).epoch 0\n", to: map)
    }

    /// - Returns: whether the file had other content before.
    private func writeConfiguration() async throws -> Bool {
        let text = configuration
        if FileManager.default.contents(atPath: configurationFile) == Data(text.utf8) { return false }
        let draft = "\(folder)/haproxy.cfg.new"
        try account.write(text, to: draft)
        let check = account.command(executable, ["-c", "-f", draft], in: folder)
        let result = try await runCommand(check, timeout: .seconds(30))
        guard result.status == 0 else {
            throw LocalServiceError.refusedConfiguration(
                service: "haproxy", path: draft, reason: lastLines(result.errors))
        }
        guard rename(draft, configurationFile) == 0 else {
            throw LocalServiceError.failed(
                action: "put a configuration in place", path: configurationFile, reason: lastError())
        }
        return true
    }
}
