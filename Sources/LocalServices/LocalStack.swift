import Disk
import Foundation
import Glibc
import OpsModel
import ProcessClient

/// PostgreSQL with a replica, Redis, an S3 server and HAProxy on this machine, for trying and testing.
///
/// `<root>/state.json` says where the data is, `<root>/values/` has one small file for each value that an environment file refers
/// to; both are readable for their owner only.
package enum LocalStack {
    package struct Options: Sendable {
        /// The app's name: key prefix of the route.
        package var app = "app"
        package var bucket = "app"
        package var hasReplica = true
        package var archivesWAL = true
        /// Makes the bucket, or leaves it alone when it exists; called at every `up`.
        package var createBucket: @Sendable (_ gateway: RadosGateway, _ bucket: String) async throws -> Void

        package init(createBucket: @escaping @Sendable (RadosGateway, String) async throws -> Void) {
            self.createBucket = createBucket
        }
    }

    /// Starts what does not run yet, all services at once, and writes the values. What runs already is kept; ports, secrets and
    /// data of an earlier `up` too.
    /// - Throws: the first error; the other services are started all the same, and the next `up` goes on from there.
    package static func up(
        root: String, options: Options, progress: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> LocalStackReport {
        try requirePrograms()
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        return try await withLock(root) {
            let state = try await LocalStackState.loadOrCreate(root: root, options: options, progress: progress)
            let tls = try await TLSMaterial.ensure(in: "\(state.dataFolder)/tls")
            let layout = LocalStackLayout(root: root, state: state, tls: tls)
            let services = try await allOf(LocalService.allCases) { service in
                let before = try await layout.recorded(service)?.status
                let clock = ContinuousClock.now
                let started = try await layout.start(service, options)
                let status = try started.status
                let isKept = before?.pids == status.pids
                progress(status.line(isKept ? "already runs" : "started in \((ContinuousClock.now - clock).text)"))
                return started
            }
            try LocalStackValues(layout: layout, services: services, options: options).write(to: layout.valuesFolder)
            return try layout.report(services.map { try $0.status })
        }
    }

    /// Stops exactly what `up` started; data, ports and secrets stay for the next `up` unless `removingData`.
    package static func down(
        root: String, removingData: Bool = false, progress: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> LocalStackReport {
        guard let state = try LocalStackState.load(root: root) else { return LocalStackReport.nothing(root: root) }
        return try await withLock(root) {
            let layout = LocalStackLayout(root: root, state: state, tls: TLSMaterial(folder: "\(state.dataFolder)/tls"))
            let services = try await allOf(LocalService.allCases) { service -> LocalServiceStatus in
                let clock = ContinuousClock.now
                guard let recorded = try await layout.recorded(service) else { return .absent(service) }
                let outcome = try await recorded.stop()
                let text = "\((ContinuousClock.now - clock).text)"
                let status = try recorded.status
                progress(
                    status.line(
                        outcome == .notRunning
                            ? "did not run" : "\(outcome == .killed ? "killed" : "stopped") in \(text)"))
                return status
            }
            if removingData { try layout.removeData() }
            return layout.report(services)
        }
    }

    /// What runs now.
    package static func status(root: String) async throws -> LocalStackReport {
        guard let state = try LocalStackState.load(root: root) else { return LocalStackReport.nothing(root: root) }
        let layout = LocalStackLayout(root: root, state: state, tls: TLSMaterial(folder: "\(state.dataFolder)/tls"))
        var services: [LocalServiceStatus] = []
        for service in LocalService.allCases {
            services.append(try await layout.recorded(service)?.status ?? .absent(service))
        }
        return layout.report(services)
    }

    private static func requirePrograms() throws {
        let needed = [
            ("postgres", "postgresql"), ("redis-server", "redis-server"), ("redis-cli", "redis-tools"),
            ("ceph-mon", "ceph-mon"),
            ("ceph-osd", "ceph-osd"), ("ceph", "ceph-common"), ("radosgw", "radosgw"), ("haproxy", "haproxy"),
            ("openssl", "openssl"),
            ("setpriv", "util-linux"),
        ]
        let missing = needed.filter { findExecutable($0.0) == nil }
        guard missing.isEmpty else {
            throw LocalServiceError.missingProgram(
                name: missing.map(\.0).joined(separator: ", "), debianPackage: missing.map(\.1).joined(separator: " "))
        }
    }

    private static func withLock<Value>(_ root: String, _ body: () async throws -> Value) async throws -> Value {
        let path = "\(root)/lock"
        guard let lock = try FileLock(path: path, wait: false) else { throw LocalServiceError.busy(lock: path) }
        let value = try await body()
        withExtendedLifetime(lock) {}
        return value
    }

    /// Runs `body` for all services at once and to the end; then throws the first error, if any.
    private static func allOf<Value: Sendable>(
        _ services: [LocalService], _ body: @escaping @Sendable (LocalService) async throws -> Value
    ) async throws -> [Value] {
        let results = await withTaskGroup(of: (Int, Result<Value, any Error>).self) { group in
            for (index, service) in services.enumerated() {
                group.addTask {
                    do { return (index, .success(try await body(service))) } catch { return (index, .failure(error)) }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
        return try results.map { try $0.get() }
    }
}
