import Deploy
import Foundation
import HAProxyClient
import LocalServices
import OpsModel
import ProcessClient

/// A real HAProxy as opsctl sets it up, in a scratch folder.
struct Lane: Sendable {
    let folder: String
    let proxy: HAProxyProcess
    let router: HAProxyRouter

    static func run(_ body: (Lane) async throws -> Void) async throws {
        let folder = try scratchFolder()
        let ports = try freeLoopbackPorts(3)
        let options = HAProxyProcess.Options(
            frontendPort: ports[0], bluePort: ports[1], greenPort: ports[2], previewToken: Secret("bench"))
        let proxy = try await HAProxyProcess.start(in: "\(folder)/haproxy", options)
        let result: Result<Void, any Error>
        do { result = .success(try await body(Lane(folder, proxy))) } catch { result = .failure(error) }
        try await proxy.stop()
        for process in try runningProcesses(using: folder) { _ = try await process.stop(gracePeriod: .seconds(5)) }
        try FileManager.default.removeItem(atPath: folder)
        try result.get()
    }

    private init(_ folder: String, _ proxy: HAProxyProcess) {
        (self.folder, self.proxy) = (folder, proxy)
        router = HAProxyRouter(
            client: HAProxyClient(socket: proxy.socket), mapFile: proxy.map, key: proxy.options.app,
            frontend: RouterFrontend(url: proxy.address, previewToken: proxy.options.previewToken))
    }

    private static func scratchFolder() throws -> String {
        let parent = ProcessInfo.processInfo.environment["SCRATCH"] ?? "/tmp"
        let folder = "\(parent)/opsctl-bench-\(ProcessInfo.processInfo.processIdentifier)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o711])
        return folder
    }

    /// An nginx that answers everything at once with 200.
    static func answerer(_ folder: String, port: some CustomStringConvertible) -> String {
        """
        \(nginxHead(folder))
            keepalive_requests 1000000;
            server {
                listen 127.0.0.1:\(port) backlog=1024;
                location / { return 200 "release\\n"; }
            }
        }
        """
    }

    /// What every nginx of ours begins with: nothing outside of its folder.
    static func nginxHead(_ folder: String, workers: Int = 1) -> String {
        """
        daemon off;
        worker_processes \(workers);
        pid \(folder)/pid;
        error_log stderr warn;
        events { worker_connections 1024; }
        http {
            access_log off;
            client_body_temp_path \(folder)/body;
            proxy_temp_path \(folder)/proxy;
            fastcgi_temp_path \(folder)/fastcgi;
            uwsgi_temp_path \(folder)/uwsgi;
            scgi_temp_path \(folder)/scgi;
        """
    }

    /// Starts an nginx and waits until it listens.
    func startNginx(_ name: String, port: Int, _ configuration: (String) -> String) async throws -> ProcessIdentity {
        let home = "\(folder)/\(name)"
        try FileManager.default.createDirectory(
            atPath: home, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o711])
        try configuration(home).write(toFile: "\(home)/nginx.conf", atomically: true, encoding: .utf8)
        let process = try DetachedProcess.start(
            executable: "nginx", arguments: ["-e", "stderr", "-p", home, "-c", "\(home)/nginx.conf"], environment: nil,
            folder: home, log: "\(home)/log")
        try await until("nginx listens, see \(home)/log") { answersOnLoopback(port) }
        return process
    }

    /// Both slots, and the router's agreement that they are up.
    func startSlots() async throws {
        for slot in Slot.allCases {
            let port = proxy.options.port(of: slot)
            _ = try await startNginx(slot.rawValue, port: port) { Self.answerer($0, port: port) }
        }
        for slot in Slot.allCases {
            try await until("\(slot.rawValue) is up") { try await router.accepts(slot) }
        }
    }
}

struct BenchError: Error, CustomStringConvertible { let description: String }

/// - Throws: `BenchError` when `condition` does not hold within ten seconds.
func until(_ what: String, _ condition: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(10)
    while try await !condition() {
        guard ContinuousClock.now < deadline else { throw BenchError(description: "not within 10 s: \(what)") }
        try await Task.sleep(for: .milliseconds(5))
    }
}
