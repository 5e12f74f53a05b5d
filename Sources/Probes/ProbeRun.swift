import Cryptography
import Foundation
import HTTPClient
package import OpsModel

/// Looks at all targets at once and judges what was seen; the report keeps the targets' order.
package struct ProbeRun: Sendable {
    private let environment: String
    private let targets: [ProbeTarget]
    private let http = HTTPClient()

    /// `targets` must not be empty: a run without checks proves nothing.
    package init(environment: String, targets: [ProbeTarget]) {
        precondition(!targets.isEmpty)
        (self.environment, self.targets) = (environment, targets)
    }

    package func once(attempt: Int = 1) async -> ProbeReport {
        let startedAt = Date()
        let start = ContinuousClock.now
        let results = await withTaskGroup(of: (Int, ProbeReport.Target).self) { group in
            for (index, target) in targets.enumerated() {
                group.addTask { (index, await judge(target)) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        return ProbeReport(
            environment: environment, startedAt: startedAt, elapsed: .now - start, attempts: attempt,
            targets: results.sorted { $0.0 < $1.0 }.map(\.1))
    }

    /// Looks until `passes` reports in a row pass, a failure is permanent, or `deadline` is over; returns the last report.
    /// `observe` sees every report. The pause grows from 10 ms to 500 ms.
    package func wait(
        deadline: Duration, passes: Int, clock: any Clock<Duration> = ContinuousClock(),
        observe: @Sendable (ProbeReport) -> Void
    ) async throws -> (report: ProbeReport, isOver: Bool) {
        let start = ContinuousClock.now
        var pause = Duration.milliseconds(10)
        var inARow = 0
        var attempt = 0
        while true {
            attempt += 1
            let report = await once(attempt: attempt)
            observe(report)
            inARow = report.verdict == .pass ? inARow + 1 : 0
            if inARow >= passes || report.isHopeless { return (report, false) }
            if ContinuousClock.now - start + pause >= deadline { return (report, true) }
            try await clock.sleep(for: pause)
            pause = min(pause * 1.6, .milliseconds(500))
        }
    }

    private func judge(_ target: ProbeTarget) async -> ProbeReport.Target {
        let start = ContinuousClock.now
        let time = TimeBudget(target.timeout)
        let canaryID = hex(randomBytes(16))
        let checks: [CheckResult]
        switch target.subject {
        case .postgres(let expectation):
            checks = await PostgresLook(expectation: expectation, time: time, canaryID: canaryID).look()
                .judge(expectation, target: target.name)
        case .redis(let expectation):
            checks = await RedisLook(expectation: expectation, time: time, canaryID: canaryID).look()
                .judge(expectation, target: target.name)
        case .bucket(let expectation):
            checks = await BucketLook(expectation: expectation, time: time, canaryID: canaryID, http: http)
                .look()
                .judge(expectation, target: target.name)
        case .http(let expectation):
            checks = await HTTPLook(expectation: expectation, time: time, http: http).look()
                .judge(expectation, target: target.name)
        }
        return ProbeReport.Target(
            name: target.name, kind: target.kind, endpoint: target.endpoint,
            elapsedMilliseconds: (ContinuousClock.now - start).milliseconds,
            checks: checks)
    }
}
