import HTTPTypes
import Hummingbird
import NIOCore
import OpsModel

/// What load balancers, monitoring and operators ask.
struct OperationRoutes {
    let parts: AppParts

    private struct Alive: Encodable {
        let status = "pass"
        let releaseId: String
    }

    func add(to router: some RouterMethods<AppContext>) {
        router.get("/healthz") { _, _ in
            try Response.json(Alive(releaseId: parts.configuration.release), type: "application/health+json")
        }
        router.get("/readyz") { _, _ in
            let report = await parts.readiness.report()
            return try Response.json(
                report, status: report.status == .fail ? .serviceUnavailable : .ok, type: "application/health+json")
        }
        router.get("/metrics") { _, _ in
            await parts.refreshMetrics()
            return Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: .init(byteBuffer: ByteBuffer(string: parts.metrics.exposition())))
        }
    }
}

extension AppParts {
    /// Brings the figures up to date that are read rather than counted.
    func refreshMetrics() async {
        processMetrics.record(in: metrics)
        metrics.set(1, .build, [("release", configuration.release)])
        do {
            let counts = try await within(.seconds(2)) { try await jobs.counts() }
            for status in JobStatus.allCases {
                metrics.set(Double(counts[status] ?? 0), .jobs, [("status", status.rawValue)])
            }
            metrics.set(Double(counts[.queued] ?? 0), .queueDepth)
            metrics.set(1, .databaseUp)
        } catch {
            metrics.set(0, .databaseUp)
        }
    }
}
