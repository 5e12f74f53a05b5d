import Deploy
import Foundation
import LocalServices
import OpsModel
import ProcessClient

/// A project with nginx as its release.
struct BenchProject {
    let folder: String
    let environment: [String: String]
    private let runner: ProcessRunner

    init(_ lane: Lane) throws {
        folder = "\(lane.folder)/project"
        let options = lane.proxy.options
        environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": folder]
        runner = try ProcessRunner(
            folder: "\(folder)/slots", blue: .init(host: "127.0.0.1", port: options.bluePort),
            green: .init(host: "127.0.0.1", port: options.greenPort), stopGrace: .seconds(5))
        try FileManager.default.createDirectory(atPath: "\(folder)/environments", withIntermediateDirectories: true)
        try write("version: 1\nservice: bench\ndefault_environment: bench\n", to: "opsctl.yaml")
        try write(Self.description(lane), to: "environments/bench.yaml")
        try write(Self.release(lane), to: "release")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(folder)/release")
    }

    /// From now on a release is promoted on what its requests show; the first one had none.
    func expectTraffic() throws {
        let path = "environments/bench.yaml"
        let text = try String(contentsOfFile: "\(folder)/\(path)", encoding: .utf8)
        try write(text.replacing("minimum_requests: 0", with: "minimum_requests: 299"), to: path)
    }

    func stopSlots() async throws {
        for slot in Slot.allCases { try await runner.stop(slot) }
    }

    private func write(_ text: String, to name: String) throws {
        try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
    }

    /// nginx with a configuration for the port of its slot.
    private static func release(_ lane: Lane) -> String {
        """
        #!/bin/sh
        set -e
        home=\(lane.folder)/nginx-$PORT
        mkdir -p "$home"
        chmod 711 "$home"
        cat > "$home/nginx.conf" << CONFIGURATION
        \(Lane.answerer("\(lane.folder)/nginx-$PORT", port: "$PORT"))
        CONFIGURATION
        exec nginx -e stderr -p "$home" -c "$home/nginx.conf"
        """
    }

    private static func description(_ lane: Lane) -> String {
        let proxy = lane.proxy
        return """
            version: 1
            protection: ephemeral
            app:
              artifact: release
              environment:
                PATH: {value: "/usr/sbin:/usr/bin:/sbin:/bin"}
                PORT: {value: "${slot:port}"}
            probes:
              - name: files
                bucket: {directory: "."}
            deploy:
              slots: {blue: {port: \(proxy.options.bluePort)}, green: {port: \(proxy.options.greenPort)}}
              router:
                haproxy: {socket: "\(proxy.socket)", map: "\(proxy.map)", key: "\(proxy.options.app)", url: "\(proxy.address)",
                          preview_token: "\(proxy.options.previewToken.reveal())"}
              runner: {process: {folder: slots}}
              health: {interval: 20ms, deadline: 20s}
              bake: {duration: 300ms, interval: 50ms, minimum_requests: 0}
              drain_deadline: 10s
              stop_grace: 5s
              watchdog: {timeout: 30s}
            smoke:
              - name: it is there
                request: {path: /smoke}
            """
    }
}
