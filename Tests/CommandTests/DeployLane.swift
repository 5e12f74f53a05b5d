import Deploy
import Foundation
import HAProxyClient
import HTTPClient
import Ledger
import LocalServices
import OpsModel
import ProcessClient
import Synchronization
import TestSupport
import Testing

/// A project of its own with a real HAProxy, a small third-party service as the release, and clients that never stop asking; driven
/// through the built `opsctl`.
struct DeployLane: Sendable {
    let folder: String
    let proxy: HAProxyProcess
    let router: HAProxyRouter
    let runner: ProcessRunner
    let clients: LaneClients

    /// MODE good answers; wrong is healthy and passes its smoke, but answers everybody else with 500. The others take their time,
    /// log-normal with a median of 20 ms: steady, flaky with an error in 20 answers, slow by half.
    private static let program = """
        #!/usr/bin/env python3
        import http.server, math, os, random, sys, time
        if sys.argv[1:] == ["contract"]:
            print("contracted")
            sys.exit(0)
        mode, name = os.environ["MODE"], os.environ["NAME"]
        median = {"steady": 0.020, "flaky": 0.020, "slow": 0.030}.get(mode)
        share = {"wrong": 1, "flaky": 0.05}.get(mode, 0)
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            def do_GET(self):
                if median and self.path in ("/", "/warm"):
                    time.sleep(random.lognormvariate(math.log(median), 0.6))
                status = 500 if self.path == "/" and random.random() < share else 200
                body = ("release " + name).encode()
                self.send_response(status)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            def log_message(self, *a): pass
        class Server(http.server.ThreadingHTTPServer):
            request_queue_size = 128
            daemon_threads = True
        Server(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
        """

    private static func environment(_ proxy: HAProxyProcess, deploy: String) -> String {
        let latencyLog = proxy.options.latencyLog.map { ", latency_log: \"\($0)\"" } ?? ""
        return """
            version: 1
            protection: ephemeral
            app:
              artifact: service
              contract: [contract]
              environment:
                NAME: {value: "${release:name}"}
                PORT: {value: "${slot:port}"}
                MODE: {value: "${env:MODE}"}
            probes:
              - name: files
                bucket: {directory: "."}
            deploy:
              slots: {blue: {port: \(proxy.options.bluePort)}, green: {port: \(proxy.options.greenPort)}}
              router:
                haproxy: {socket: "\(proxy.socket)", map: "\(proxy.map)", key: "\(proxy.options.app)", url: "\(proxy.address)",
                          preview_token: "\(proxy.options.previewToken.reveal())"\(latencyLog)}
              runner: {process: {folder: slots}}
              health: {interval: 20ms, deadline: 20s}
              drain_deadline: 5s
              stop_grace: 2s
            \(deploy.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n"))
            smoke:
              - name: it is there
                request: {path: /smoke}
            """
    }

    /// One small share, then all of it, each watched for a moment.
    static let canary = """
        canary: [{percent: 30, duration: 200ms}]
        bake: {duration: 300ms, interval: 50ms, minimum_requests: 0}
        watchdog: {timeout: 3s}
        """

    static func run(
        deploy: String = canary, logsLatency: Bool = false, _ body: (DeployLane) async throws -> Void
    ) async throws {
        try await withHAProxy(logsLatency: logsLatency) { proxy async throws in
            try await Program.withProject(environment(proxy, deploy: deploy)) { folder async throws in
                let lane = try DeployLane(folder, proxy)
                try await withCleanup {
                    try await body(lane)
                } cleanup: {
                    for slot in Slot.allCases { try await lane.runner.stop(slot) }
                }
            }
        }
    }

    private init(_ folder: String, _ proxy: HAProxyProcess) throws {
        (self.folder, self.proxy) = (folder, proxy)
        try Self.program.write(toFile: "\(folder)/service", atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(folder)/service")
        runner = try ProcessRunner(
            folder: "\(folder)/slots", blue: .init(host: "127.0.0.1", port: proxy.options.bluePort),
            green: .init(host: "127.0.0.1", port: proxy.options.greenPort), stopGrace: .seconds(2))
        router = HAProxyRouter(
            client: HAProxyClient(socket: proxy.socket), mapFile: proxy.map, key: proxy.options.app,
            frontend: RouterFrontend(url: proxy.address, previewToken: proxy.options.previewToken))
        clients = LaneClients(url: "\(proxy.address)/")
    }

    /// The status of `opsctl deploy …`; a process that was killed has none that an opsctl can give itself.
    func deploy(
        _ arguments: String..., mode: String = "good", failpoint: String? = nil
    ) async throws -> CommandResult {
        var variables = ["MODE": mode]
        variables["OPSCTL_FAILPOINT"] = failpoint
        return try await Program.opsctl(["deploy"] + arguments, in: folder, environment: variables)
    }

    /// `opsctl deploy …` beside the test, for the length of `body`; it must have ended by then.
    func deploying(
        _ arguments: String..., mode: String = "good", _ body: (ProcessIdentity) async throws -> Void
    ) async throws -> (status: String, words: String) {
        let log = "\(folder)/deploying.log"
        let command = (["\(try Program.folder)/opsctl", "deploy"] + arguments).map(shellQuoted).joined(separator: " ")
        // The shell keeps the exit status, which nobody else can ask for.
        let process = try DetachedProcess.start(
            executable: "sh",
            arguments: ["-c", "trap '' INT; (trap - INT; exec \(command)); echo \"status $?\""],
            environment: ["MODE": mode, "HOME": folder, "PATH": "/usr/bin:/bin:/usr/sbin:/sbin"], folder: folder,
            log: log)
        try await withCleanup {
            try await untilBegun()
            try await body(process)
            guard try await process.waitForExit(atMost: .seconds(60)) else { throw StillOpen(history: []) }
        } cleanup: {
            _ = try await process.stop(gracePeriod: .seconds(1))
        }
        let words = try String(contentsOfFile: log, encoding: .utf8)
        return (words.split(separator: "\n").last.map(String.init) ?? "", words)
    }

    /// Waits until the open deploy is at `step`.
    func untilStep(_ step: String, within limit: Duration = .seconds(60)) async throws {
        try await eventually("the deploy is at \(step)", within: limit) { try await history().open.last?.step == step }
    }

    /// Changes the environment file from here on.
    func rewrite(_ old: String, _ new: String) throws {
        let file = "\(folder)/environments/test.yaml"
        let text = try String(contentsOfFile: file, encoding: .utf8)
        precondition(text.contains(old), "nothing to rewrite")
        try text.replacing(old, with: new).write(toFile: file, atomically: true, encoding: .utf8)
    }

    func ledger() async throws -> Ledger { try await Ledger.open(path: "\(folder)/.opsctl/ledger.sqlite") }

    func history() async throws -> DeployHistory {
        try await DeployHistory.read(try await ledger(), environment: "test")
    }

    /// Waits until no deploy is open and nobody works on one; a watchdog has no other sign.
    func untilClosed(within limit: Duration = .seconds(60)) async throws {
        let deadline = ContinuousClock.now + limit
        let ledger = try await ledger()
        while true {
            let open = try await history().open
            if open.isEmpty, try await ledger.leaseHolder("deploy/test") == nil { return }
            guard ContinuousClock.now < deadline else { throw StillOpen(history: open) }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// Waits until a deploy is open.
    func untilBegun(within limit: Duration = .seconds(60)) async throws {
        let deadline = ContinuousClock.now + limit
        while try await history().open.isEmpty {
            guard ContinuousClock.now < deadline else { throw StillOpen(history: []) }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    struct StillOpen: Error { let history: [DeployHistory.Deploy] }

    /// What must hold once a deploy is over, however it went (I1 to I4).
    func checkInvariants(_ what: String) async throws {
        let (route, pinned) = (try await router.route(), try await router.pinnedRoute())
        #expect(route.share == 0, "\(what): the route is split: \(route.text)")
        #expect(pinned.live == route.live, "\(what): a restarted router would begin with \(pinned.live)")
        let history = try await history()
        #expect(history.open.isEmpty, "\(what): still open: \(history.open)")
        #expect(history.stable?.slot == route.live, "\(what): the record is \(String(describing: history.stable))")
        let state = try await runner.state(of: route.live)
        #expect(state.isRunning, "\(what): the slot with the traffic does not run")
        #expect(state.release == history.stable?.release, "\(what): it runs \(String(describing: state.release))")
        let holder = try await ledger().leaseHolder("deploy/test")
        #expect(holder == nil, "\(what): the lease is still held")
        let answer = try await HTTPClient().send(HTTPRequest("GET", "\(proxy.address)/smoke", timeout: .seconds(5)))
        #expect(answer.header("x-opsctl-slot") == route.live.rawValue, "\(what): \(answer.status) by another slot")
    }
}

/// Clients that ask the frontend without a pause and count what they get.
final class LaneClients: Sendable {
    struct Count: Sendable, Equatable {
        var requests = 0
        /// Answers by a release with a status of 500 and above.
        var errors = 0
        /// No answer, or one that the router made up because no release answered.
        var lost: [String] = []
    }

    private let url: String
    private let count = Mutex(Count())
    private let isOver = Mutex(false)

    init(url: String) { self.url = url }

    var total: Count { count.withLock { $0 } }

    /// Asks from two clients for the length of `body`.
    func asking(_ body: () async throws -> Void) async throws {
        isOver.withLock { $0 = false }
        let tasks = (0..<2).map { _ in Task { await ask() } }
        do { try await body() } catch {
            isOver.withLock { $0 = true }
            for task in tasks { await task.value }
            throw error
        }
        isOver.withLock { $0 = true }
        for task in tasks { await task.value }
    }

    private func ask() async {
        let http = HTTPClient()
        while !isOver.withLock({ $0 }) {
            do {
                let answer = try await http.send(HTTPRequest("GET", url, timeout: .seconds(10)))
                let isFromRelease = answer.header("x-opsctl-slot") != nil && answer.text.hasPrefix("release ")
                count.withLock {
                    $0.requests += 1
                    $0.errors += isFromRelease && answer.status >= 500 ? 1 : 0
                    if !isFromRelease { $0.lost.append("status \(answer.status)") }
                }
            } catch {
                count.withLock {
                    $0.requests += 1
                    $0.lost.append("\(error)")
                }
            }
        }
    }
}
