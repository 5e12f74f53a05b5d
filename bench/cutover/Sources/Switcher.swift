import Deploy
import Foundation
import HAProxyClient
import Ledger
import LocalServices
import OpsModel
import ProcessClient

/// One way of giving all traffic to the other slot.
protocol Switcher: Sendable {
    var name: String { get }
    /// Where its clients ask.
    var port: Int { get }
    /// Returns when the command has returned.
    func route(to slot: Slot) async throws
    /// Waits until nothing of the change is left.
    func settle() async throws
}

/// What `deploy` does: the fence in the ledger, then a map of HAProxy in one commit that is read back.
struct CommitSwitcher: Switcher {
    let name = "opsctl commit"
    let lane: Lane
    let ledger: Ledger
    let lease: Lease

    var port: Int { lane.proxy.options.frontendPort }

    func route(to slot: Slot) async throws {
        try await lane.router.commit(Route(live: slot, epoch: lease.epoch)) { try await ledger.confirm(lease) }
    }

    func settle() async throws {}
}

/// The route on disk, then `kill -USR2` of HAProxy's master: returns before anything has happened.
struct SignalSwitcher: Switcher {
    let name = "haproxy -W, SIGUSR2"
    let lane: Lane

    var port: Int { lane.proxy.options.frontendPort }

    func route(to slot: Slot) async throws {
        try writeRoute(slot, to: lane.proxy.map)
        try await lane.proxy.reload()
    }

    /// The master drops a signal that comes while it still reloads.
    func settle() async throws { try await untilWorkers(1, of: lane.proxy.process().pid) }
}

/// The route on disk, then a second HAProxy that asks the first one to end.
struct SuccessorSwitcher: Switcher {
    let name = "haproxy -sf"
    let port: Int
    private let folder: String

    private var pidFile: String { "\(folder)/pid" }
    private var map: String { "\(folder)/route.map" }

    /// The configuration of the lane's HAProxy with other paths and another port.
    static func start(_ lane: Lane) async throws -> SuccessorSwitcher {
        let ports = try freeLoopbackPorts(1)
        let switcher = SuccessorSwitcher(port: ports[0], folder: "\(lane.folder)/successor")
        try FileManager.default.createDirectory(atPath: switcher.folder, withIntermediateDirectories: true)
        let text = try String(contentsOfFile: lane.proxy.configurationFile, encoding: .utf8)
            .replacing(lane.proxy.socket, with: "\(switcher.folder)/router.sock")
            .replacing(lane.proxy.map, with: switcher.map)
            .replacing("127.0.0.1:\(lane.proxy.options.frontendPort)\n", with: "127.0.0.1:\(switcher.port)\n")
        try text.write(toFile: "\(switcher.folder)/haproxy.cfg", atomically: true, encoding: .utf8)
        try writeRoute(.blue, to: switcher.map)
        try await switcher.startProxy([])
        try await until("the second HAProxy listens") { answersOnLoopback(switcher.port) }
        return switcher
    }

    func route(to slot: Slot) async throws {
        try writeRoute(slot, to: map)
        try await startProxy(["-sf", try pid()])
    }

    private func startProxy(_ arguments: [String]) async throws {
        let command = Command(
            "haproxy", ["-f", "\(folder)/haproxy.cfg", "-D", "-p", pidFile] + arguments, workingDirectory: folder)
        try await runCommand(command, timeout: .seconds(10)).checked(command)
    }

    private func pid() throws -> String {
        try String(contentsOfFile: pidFile, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    func settle() async throws {
        let now = try pid()
        try await until("only the new HAProxy runs") {
            try runningProcesses(of: "haproxy", arguments: ["\(folder)/haproxy.cfg"]).allSatisfy { "\($0.pid)" == now }
        }
    }
}

/// The upstream's file, then `nginx -s reload`.
struct NginxSwitcher: Switcher {
    let name = "nginx -s reload"
    let port: Int
    private let lane: Lane
    private let process: ProcessIdentity

    private static let workers = 2
    private var home: String { Self.home(lane) }
    private static func home(_ lane: Lane) -> String { "\(lane.folder)/front" }

    static func start(_ lane: Lane) async throws -> NginxSwitcher {
        let port = try freeLoopbackPorts(1)[0]
        try FileManager.default.createDirectory(
            atPath: home(lane), withIntermediateDirectories: true, attributes: [.posixPermissions: 0o711])
        try writeUpstream(.blue, lane)
        let process = try await lane.startNginx("front", port: port) { home in
            """
            \(Lane.nginxHead(home, workers: workers))
                keepalive_requests 1000000;
                proxy_http_version 1.1;
                proxy_set_header Connection "";
                include \(home)/upstream;
                server {
                    listen 127.0.0.1:\(port) backlog=1024;
                    location / { proxy_pass http://slot; }
                }
            }
            """
        }
        return NginxSwitcher(port: port, lane: lane, process: process)
    }

    private static func writeUpstream(_ slot: Slot, _ lane: Lane) throws {
        let text = """
            upstream slot { server 127.0.0.1:\(lane.proxy.options.port(of: slot)); keepalive 32; }
            add_header X-Opsctl-Slot \(slot.rawValue) always;

            """
        try text.write(toFile: "\(home(lane))/upstream", atomically: true, encoding: .utf8)
    }

    func route(to slot: Slot) async throws {
        try Self.writeUpstream(slot, lane)
        let command = Command("nginx", ["-e", "stderr", "-p", home, "-c", "\(home)/nginx.conf", "-s", "reload"])
        try await runCommand(command, timeout: .seconds(10)).checked(command)
    }

    func settle() async throws { try await untilWorkers(Self.workers, of: process.pid) }
}

/// The whole route as HAProxy reads it when it starts; not durable, which is to the benefit of the reloads.
private func writeRoute(_ slot: Slot, to map: String) throws {
    let text = "app.candidate \(slot.other.rawValue)\napp.color \(slot.rawValue)\napp.epoch 0\napp.weight 0\n"
    try text.write(toFile: map, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: map)
}

/// Waits until the old workers of a master are gone.
private func untilWorkers(_ count: Int, of master: Int32) async throws {
    try await until("process \(master) has \(count) workers") {
        try String(contentsOfFile: "/proc/\(master)/task/\(master)/children", encoding: .utf8)
            .split(separator: " ").count == count
    }
}
