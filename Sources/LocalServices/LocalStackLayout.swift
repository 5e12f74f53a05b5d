import Foundation
import OpsModel
import ProcessClient

/// Where everything of one stack is, and how its services are started from it.
struct LocalStackLayout: Sendable {
    let root: String
    let state: LocalStackState
    let tls: TLSMaterial

    var valuesFolder: String { "\(root)/values" }

    private func folder(_ service: LocalService) -> String { "\(state.dataFolder)/\(service.rawValue)" }

    private var postgresOptions: PostgresCluster.Options {
        var options = PostgresCluster.Options()
        (options.hasReplica, options.archivesWAL, options.tls) = (state.hasReplica, state.archivesWAL, tls)
        return options
    }

    private var redisOptions: RedisNode.Options {
        var options = RedisNode.Options()
        options.tls = tls
        return options
    }

    private var haproxyOptions: HAProxyProcess.Options {
        var options = HAProxyProcess.Options(
            frontendPort: state.frontendPort, bluePort: state.bluePort, greenPort: state.greenPort,
            previewToken: Secret(state.previewToken))
        options.app = state.app
        options.logsLatency = true
        return options
    }

    func start(_ service: LocalService, _ options: LocalStack.Options) async throws -> StartedService {
        let folder = folder(service)
        switch service {
        case .postgres: return .postgres(try await PostgresCluster.start(in: folder, postgresOptions))
        case .redis: return .redis(try await RedisNode.start(in: folder, redisOptions))
        case .haproxy: return .haproxy(try await HAProxyProcess.start(in: folder, haproxyOptions))
        case .radosgw:
            let gateway = try await RadosGateway.start(in: folder)
            try await options.createBucket(gateway, options.bucket)
            return .radosgw(gateway)
        }
    }

    /// The service as an earlier `up` left it; nil when none got that far.
    func recorded(_ service: LocalService) async throws -> StartedService? {
        let folder = folder(service)
        switch service {
        case .postgres: return try await PostgresCluster.recorded(in: folder, postgresOptions).map { .postgres($0) }
        case .redis: return try await RedisNode.recorded(in: folder, redisOptions).map { .redis($0) }
        case .radosgw: return try await RadosGateway.recorded(in: folder).map { .radosgw($0) }
        case .haproxy: return try await HAProxyProcess.recorded(in: folder, haproxyOptions).map { .haproxy($0) }
        }
    }

    func report(_ services: [LocalServiceStatus]) -> LocalStackReport {
        LocalStackReport(root: root, dataFolder: state.dataFolder, valuesFolder: valuesFolder, services: services)
    }

    func removeData() throws {
        for service in LocalService.allCases { try removeRuntimeFolder(of: folder(service)) }
        for path in [state.dataFolder, valuesFolder, "\(root)/state.json"]
        where FileManager.default.fileExists(atPath: path) {
            try FileManager.default.removeItem(atPath: path)
        }
    }
}

/// A service handle of any kind.
enum StartedService: Sendable {
    case postgres(PostgresCluster)
    case redis(RedisNode)
    case radosgw(RadosGateway)
    case haproxy(HAProxyProcess)

    var status: LocalServiceStatus {
        get throws {
            switch self {
            case .postgres(let cluster):
                let members = cluster.options.hasReplica ? PostgresCluster.Member.allCases : [.primary]
                return try status(
                    .postgres, members.map { "127.0.0.1:\(cluster.port(of: $0))" },
                    members.map { try cluster.running($0) })
            case .redis(let node): return try status(.redis, ["127.0.0.1:\(node.port)"], [node.running()])
            case .haproxy(let proxy): return try status(.haproxy, [proxy.address], [proxy.running()])
            case .radosgw(let gateway):
                var status = try status(
                    .radosgw, [gateway.endpoint], RadosGateway.Member.allCases.map { try gateway.running($0) })
                if gateway.lostContent { status.note = "the store had crashed: it is empty now" }
                return status
            }
        }
    }

    private func status(_ name: LocalService, _ addresses: [String], _ processes: [ProcessIdentity?])
        -> LocalServiceStatus
    {
        LocalServiceStatus(
            name: name, isRunning: processes.allSatisfy { $0 != nil }, addresses: addresses,
            pids: processes.compactMap { $0?.pid })
    }

    func stop() async throws -> StopOutcome {
        switch self {
        case .postgres(let cluster): try await cluster.stop()
        case .redis(let node): try await node.stop()
        case .radosgw(let gateway): try await gateway.stop()
        case .haproxy(let proxy): try await proxy.stop()
        }
    }
}
