import Disk
import Foundation
import Glibc
import OpsModel

/// The values that an environment file refers to as `${file:…/values/<name>}`.
struct LocalStackValues {
    let values: [String: String]

    init(layout: LocalStackLayout, services: [StartedService], options: LocalStack.Options) {
        let (state, root) = (layout.state, layout.root)
        var values = [
            "preview-token": state.previewToken, "signing-key": state.signingKey, "slot-blue-port": "\(state.bluePort)",
            "slot-green-port": "\(state.greenPort)", "tls-ca": layout.tls.authority, "spool-folder": "\(root)/spool",
        ]
        for service in services { values.merge(Self.values(of: service, options)) { $1 } }
        self.values = values
    }

    private static func values(of service: StartedService, _ options: LocalStack.Options) -> [String: String] {
        switch service {
        case .postgres(let cluster):
            var values = ["database-url": cluster.url().reveal(), "database-probe-url": cluster.url(.probe).reveal()]
            if cluster.options.archivesWAL {
                values["database-drill-url"] = cluster.url(.drill).reveal()
                values["database-archive"] = cluster.archiveFolder
            }
            if cluster.options.hasReplica {
                values["database-replica-url"] = cluster.url(.probe, on: .replica).reveal()
            }
            return values
        case .redis(let node): return ["redis-url": node.url().reveal(), "redis-probe-url": node.url(.probe).reveal()]
        case .radosgw(let gateway):
            return [
                "bucket-endpoint": gateway.endpoint, "bucket-name": options.bucket, "bucket-region": gateway.region,
                "bucket-access-key": gateway.accessKey, "bucket-secret-key": gateway.secretKey.reveal(),
            ]
        case .haproxy(let proxy):
            return [
                "app-url": proxy.address, "router-socket": proxy.socket, "router-map": proxy.map,
                "router-latency-log": proxy.options.latencyLog ?? "",
            ]
        }
    }

    /// Writes one file a value, without a line break, for its owner only; unchanged ones are left alone.
    func write(to folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        guard chmod(folder, 0o700) == 0 else {
            throw LocalServiceError.failed(action: "close a folder", path: folder, reason: lastError())
        }
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            let path = "\(folder)/\(name)"
            if FileManager.default.contents(atPath: path) != Data(value.utf8) { try DurableFile.write(value, to: path) }
        }
    }
}
