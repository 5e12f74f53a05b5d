import Foundation
import Glibc
package import OpsModel
import ProcessClient

/// A real PgBouncer on loopback in front of a `PostgresCluster`: TLS on both sides, scram-sha-256, session pooling. Users:
/// `probe` reads the console, `admin` commands it, `app` reaches the database `app`.
package struct PgBouncerProcess: Sendable {
    package struct Options: Sendable {
        package var poolSize = 2
        package var maxClients = 20
        package init() {}
    }

    package let folder: String
    package let port: Int
    private let cluster: PostgresCluster
    private let options: Options
    private let adminPassword: String
    private let account: ServiceAccount
    private let executable: String

    private struct Record: Codable, Sendable {
        var port: Int
        var adminPassword: String
        var process: ProcessIdentity?
    }

    private var recordFile: RecordFile<Record> { RecordFile(path: "\(folder)/service.json") }

    /// Starts it if it does not run.
    package static func start(
        in folder: String, for cluster: PostgresCluster, _ options: Options = Options()
    ) async throws -> PgBouncerProcess {
        let executable = try program("pgbouncer", from: "pgbouncer")
        let account = try ServiceAccount.named("postgres")  // it refuses to run as root
        try await account.claim(folder)
        var record = try RecordFile<Record>(path: "\(folder)/service.json").loadOrCreate {
            Record(port: try freeLoopbackPorts(1)[0], adminPassword: freshSecret())
        }
        let pooler = PgBouncerProcess(
            folder: folder, port: record.port, cluster: cluster, options: options,
            adminPassword: record.adminPassword, account: account, executable: executable)
        try account.write(pooler.userList, to: "\(folder)/users.txt")
        try account.write(pooler.configuration, to: "\(folder)/pgbouncer.ini")
        let process = try pooler.daemon.running(recorded: record.process) ?? pooler.daemon.start()
        record.process = process
        try pooler.recordFile.save(record)
        try await pooler.daemon.waitUntilReady(process, within: .seconds(30)) { answersOnLoopback(record.port) }
        return pooler
    }

    package func stop() async throws {
        guard let process = try daemon.running(recorded: recordFile.load()?.process) else { return }
        _ = try await process.stop(gracePeriod: .seconds(5), signal: SIGTERM)
    }

    /// The console for `probe`, who may look.
    package var consoleURL: Secret { url("probe", cluster.password(of: .probe).reveal(), "pgbouncer") }
    /// The console for one who may PAUSE and RESUME.
    package var adminURL: Secret { url("admin", adminPassword, "pgbouncer") }
    /// The database behind it.
    package var appURL: Secret { url("app", cluster.password(of: .app).reveal(), "app") }

    private func url(_ user: String, _ password: String, _ database: String) -> Secret {
        Secret(
            "postgresql://\(user):\(password)@127.0.0.1:\(port)/\(database)?sslmode=verify-full&sslrootcert=\(cluster.authority)"
        )
    }

    private var daemon: Daemon {
        Daemon(
            name: "pgbouncer", executable: executable, arguments: ["\(folder)/pgbouncer.ini"],
            marks: ["\(folder)/pgbouncer.ini"], account: account, folder: folder, ports: [port])
    }

    private var userList: String {
        """
        "admin" "\(adminPassword)"
        "probe" "\(cluster.password(of: .probe).reveal())"
        "app" "\(cluster.password(of: .app).reveal())"

        """
    }

    private var configuration: String {
        """
        [databases]
        app = host=127.0.0.1 port=\(cluster.port) dbname=app

        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = \(port)
        unix_socket_dir =
        auth_type = scram-sha-256
        auth_file = \(folder)/users.txt
        admin_users = admin
        stats_users = probe
        client_tls_sslmode = require
        client_tls_cert_file = \(cluster.folder)/tls/server.crt
        client_tls_key_file = \(cluster.folder)/tls/server.key
        server_tls_sslmode = verify-full
        server_tls_ca_file = \(cluster.authority)
        pool_mode = session
        default_pool_size = \(options.poolSize)
        max_client_conn = \(options.maxClients)
        server_login_retry = 1

        """
    }
}
