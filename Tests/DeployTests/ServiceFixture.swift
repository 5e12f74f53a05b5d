import Cryptography
import Deploy
import Foundation
import HAProxyClient
import HTTPClient
import Ledger
import LocalServices
import OpsModel
import TestSupport
import Testing

/// A small HTTP service of our own as a release, a real HAProxy and real processes: opsctl serves any service, not only the bundled one.
struct ServiceFixture: Sendable {
    let folder: String
    let proxy: HAProxyProcess
    let ledger: Ledger
    let runner: ProcessRunner
    let router: HAProxyRouter
    private let digest: String
    let http = HTTPClient()

    /// Its behaviour comes from the environment: MODE is good, sick (never ready), lying (wrong body) or mortal (ends after its smoke);
    /// the file BREAK makes a running one unready.
    private static let program = """
        #!/usr/bin/env python3
        import http.server, os, sys, threading
        mode, name = os.environ["MODE"], os.environ["NAME"]
        if sys.argv[1:] == ["migrate"]:
            print("migrated for " + name)
            sys.exit(3 if mode == "unmigratable" else 0)
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def do_GET(self):
                ready = mode != "sick" and not os.path.exists(os.environ["BREAK"] + name)
                status = 503 if self.path == "/readyz" and not ready else 200
                body = ("lies" if mode == "lying" else "release " + name).encode()
                self.send_response(status)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
                print(self.path, self.headers.get("x-marker", "-"), flush=True)
            def log_message(self, *a): pass
        class Server(http.server.ThreadingHTTPServer):
            request_queue_size = 128
            daemon_threads = True
        Server(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
        """

    static func run(_ body: (ServiceFixture) async throws -> Void) async throws {
        try await withHAProxy { proxy in
            try await withScratchDirectory { folder async throws in
                let fixture = try await ServiceFixture(folder, proxy)
                do { try await body(fixture) } catch {
                    try await fixture.stopAll()
                    throw error
                }
                try await fixture.stopAll()
            }
        }
    }

    private init(_ folder: String, _ proxy: HAProxyProcess) async throws {
        (self.folder, self.proxy) = (folder, proxy)
        ledger = try await Ledger.open(path: "\(folder)/ledger.sqlite")
        runner = try ProcessRunner(
            folder: "\(folder)/slots", blue: .init(host: "127.0.0.1", port: proxy.options.bluePort),
            green: .init(host: "127.0.0.1", port: proxy.options.greenPort), stopGrace: .seconds(2))
        router = HAProxyRouter(
            client: HAProxyClient(socket: proxy.socket), mapFile: proxy.map, key: proxy.options.app,
            frontend: RouterFrontend(url: proxy.address, previewToken: proxy.options.previewToken))
        try Self.program.write(toFile: "\(folder)/service", atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(folder)/service")
        digest = hex(try sha256(fileAt: "\(folder)/service"))
    }

    private func stopAll() async throws {
        for slot in Slot.allCases { try await runner.stop(slot) }
    }

    func rollout(
        gates: [any Gate] = [], router: (any TrafficRouter)? = nil, _ change: (inout DeploySettings) -> Void = { _ in }
    ) -> Rollout {
        Rollout(stage(gates: gates, router: router, change))
    }

    func stage(
        gates: [any Gate] = [], router: (any TrafficRouter)? = nil, _ change: (inout DeploySettings) -> Void = { _ in }
    ) -> RolloutStage {
        var settings = DeploySettings(environment: "test")
        settings.health.interval = .milliseconds(20)
        settings.health.deadline = .seconds(5)
        settings.bake.duration = .milliseconds(300)
        settings.bake.interval = .milliseconds(50)
        settings.analysis.minimumRequests = 0
        settings.drainDeadline = .seconds(5)
        settings.watchdogTimeout = nil
        var step = SmokeStep(name: "says its name", request: .init(path: "/"), expectation: .init())
        step.expectation.bodyContains = "release"
        settings.smoke = [step]
        change(&settings)
        return RolloutStage(
            settings: settings, router: router ?? self.router, runner: runner, gates: gates, ledger: ledger, http: http)
    }

    /// The same router behind another socket.
    func router(through socket: String) -> HAProxyRouter {
        HAProxyRouter(
            client: HAProxyClient(socket: socket, timeout: .seconds(1)), mapFile: proxy.map, key: proxy.options.app,
            frontend: router.frontend)
    }

    func launch(_ name: String, mode: String = "good") -> ReleaseLaunch {
        let environment = [
            "MODE": mode, "NAME": "${release:name}", "PORT": "${slot:port}", "BREAK": "\(folder)/break-",
        ]
        return ReleaseLaunch(
            release: Release(
                name: name, artifactDigest: digest,
                configurationDigest: mode.padding(toLength: 64, withPad: "0", startingAt: 0)),
            artifact: "\(folder)/service", arguments: [], migrateArguments: ["migrate"],
            environment: environment.mapValues(Secret.init))
    }

    func deploy(
        _ name: String, mode: String = "good", gates: [any Gate] = [], router: (any TrafficRouter)? = nil,
        _ change: (inout DeploySettings) -> Void = { _ in },
        ready: (RolloutDriver) -> Void = { _ in }, observe: @escaping @Sendable (RolloutProgress) -> Void = { _ in }
    ) async throws -> DeployReport {
        try await rollout(gates: gates, router: router, change).run(
            launch(name, mode: mode), ready: ready, observe: observe)
    }

    /// What a client sees.
    func answer() async throws -> String {
        try await http.send(HTTPRequest("GET", "\(proxy.address)/", timeout: .seconds(5))).text
    }

    /// The same from a place that cannot throw.
    func breakNow(_ name: String) { do { try breakRelease(name) } catch { Issue.record(error) } }

    func breakRelease(_ name: String) throws { try Data().write(to: URL(filePath: "\(folder)/break-\(name)")) }

    func history() async throws -> DeployHistory { try await DeployHistory.read(ledger, environment: "test") }
}
