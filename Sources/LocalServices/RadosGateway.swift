import Cryptography
import Foundation
import Glibc
package import OpsModel
package import ProcessClient

/// A real S3 server on loopback: Ceph's radosgw with one monitor and one object store that lives in memory.
///
/// Objects survive `stop` and `start`. After a crash of the store they do not: the next `start` begins with an empty store and
/// the same keys; `lostContent` says so. Region name: `default`.
package struct RadosGateway: Sendable {
    package enum Member: String, Sendable, CaseIterable { case monitor, store, gateway }

    struct Record: Codable, Sendable {
        var monitorPort: Int
        /// First of `storePorts` ports in a row.
        var firstStorePort: Int
        var gatewayPort: Int
        var clusterID: String
        var storeID: String
        var accessKey: String
        var secretKey: String
        var processes: [String: ProcessIdentity] = [:]
        /// Whether the store on disk is what the last run left, all of it.
        var isStoreComplete = false
        /// Whether the cluster was once set up to its end, user included.
        var isSetUp = false
    }

    package let folder: String
    package let port: Int
    package let accessKey: String
    package let secretKey: Secret
    package let region = "default"
    /// Whether this start had to begin with an empty store.
    package internal(set) var lostContent = false
    let account: ServiceAccount
    let record: Record
    let runFolder: String
    let programs: Programs

    struct Programs: Sendable {
        let monitor, store, gateway, ceph, admin, monmaptool: String

        static func find() throws -> Programs {
            Programs(
                monitor: try program("ceph-mon", from: "ceph-mon"), store: try program("ceph-osd", from: "ceph-osd"),
                gateway: try program("radosgw", from: "radosgw"), ceph: try program("ceph", from: "ceph-common"),
                admin: try program("radosgw-admin", from: "radosgw"),
                monmaptool: try program("monmaptool", from: "ceph-common"))
        }
    }

    package var endpoint: String { "http://127.0.0.1:\(port)" }
    var configurationFile: String { "\(folder)/ceph.conf" }
    var recordFile: RecordFile<Record> { RecordFile(path: "\(folder)/service.json") }
    static let storePorts = 8

    /// The server process now, for signals (`SIGKILL`, `SIGSTOP`, …).
    package func process(_ member: Member = .gateway) throws -> ProcessIdentity {
        guard let process = try running(member) else {
            throw LocalServiceError.notRunning(service: "radosgw \(member.rawValue)", folder: folder)
        }
        return process
    }

    func daemon(_ member: Member) -> Daemon {
        let file = ["-c", configurationFile]
        let (executable, arguments, ports) =
            switch member {
            case .monitor:
                (
                    programs.monitor, ["-i", "a", "--public-addrv", "[v2:127.0.0.1:\(record.monitorPort)]"],
                    [record.monitorPort]
                )
            case .store: (programs.store, ["-i", "0"], [])  // takes the next free ports of its range
            case .gateway: (programs.gateway, ["-n", "client.rgw.a"], [record.gatewayPort])
            }
        return Daemon(
            name: "radosgw \(member.rawValue)", executable: executable, arguments: ["-f"] + file + arguments,
            marks: ["-f"] + file,
            account: account, folder: folder, ports: ports)
    }
}
