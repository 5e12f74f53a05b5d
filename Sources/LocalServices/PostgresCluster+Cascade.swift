package import OpsModel
import ProcessClient

/// A replica of the replica, for tests; its owner stops it.
package struct CascadingReplica: Sendable {
    package let port: Int
    private let cluster: PostgresCluster
    private let process: ProcessIdentity

    /// Copies the replica of `cluster` and streams from it.
    package static func start(behind cluster: PostgresCluster) async throws -> CascadingReplica {
        let (data, port) = ("\(cluster.folder)/cascade", try freeLoopbackPorts(1)[0])
        try cluster.account.makeFolder(data)
        let copy = cluster.account.command(
            "\(cluster.programs)/pg_basebackup",
            [
                "-d",
                "host=127.0.0.1 port=\(cluster.replicaPort) user=repl sslmode=verify-full sslrootcert=\(cluster.authority)",
                "-D", data, "-X", "stream", "-c", "fast", "-R", "--no-sync",
            ], in: cluster.folder, environment: ["PGPASSWORD": cluster.password(of: .replication).reveal()])
        try await runCommand(copy, timeout: .seconds(300)).checked(copy)
        let daemon = Daemon(
            name: "postgres cascade", executable: "\(cluster.programs)/postgres",
            arguments: ["-D", data, "-c", "port=\(port)", "-c", "archive_mode=off", "-c", "primary_slot_name="],
            marks: ["-D", data], account: cluster.account, folder: cluster.folder, ports: [port])
        let process = try daemon.start()
        try await daemon.waitUntilReady(process, within: .seconds(60)) {
            let ready = cluster.account.command(
                "\(cluster.programs)/pg_isready", ["-q", "-h", cluster.socketFolder, "-p", "\(port)", "-t", "5"],
                in: cluster.folder)
            return try await runCommand(ready, timeout: .seconds(20)).status == 0
        }
        return CascadingReplica(port: port, cluster: cluster, process: process)
    }

    package func stop() async throws { _ = try await process.stop(gracePeriod: .seconds(30), signal: 3) }

    /// A libpq URL that verifies the server fully.
    package func url(_ role: PostgresCluster.Role) -> Secret {
        Secret(cluster.url(role, on: .replica).reveal().replacing(":\(cluster.replicaPort)/", with: ":\(port)/"))
    }
}
