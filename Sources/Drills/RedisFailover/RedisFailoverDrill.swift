package import Foundation
package import OpsModel

/// Has sentinel promote a replica while a client writes, and measures what the client felt.
package struct RedisFailoverDrill: Sendable {
    let settings: RedisFailoverSettings
    package let id: String
    let observe: @Sendable (DrillProgress) -> Void

    package init(
        _ settings: RedisFailoverSettings, id: String = PITRDrill.freshID(),
        observe: @escaping @Sendable (DrillProgress) -> Void = { _ in }
    ) {
        (self.settings, self.id, self.observe) = (settings, id, observe)
    }

    /// Runs the drill to its end, its deadline or its cancellation, and removes its key in every case.
    package func run() async -> RedisFailoverReport {
        let (start, startedAt) = (ContinuousClock.now, Date())
        let flow = RedisFailoverFlow(settings, id: id, log: DrillLog(observe: observe))
        let failure = await race(flow)
        // A task of its own: a drill that was interrupted removes its key too.
        let leftBehind = await Task { await flow.cleanUp() }.value
        return RedisFailoverReport(
            settings, id: id, startedAt: startedAt, elapsed: .now - start, findings: flow.findings,
            steps: flow.log.steps, failure: failure, leftBehind: leftBehind)
    }

    /// The flow against the clock; nil when it came to its end.
    private func race(_ flow: RedisFailoverFlow) async -> Diagnosed? {
        await withTaskGroup(of: Diagnosed?.self) { group in
            group.addTask {
                do {
                    try await flow.run()
                    return nil
                } catch let error as DrillError {
                    return Diagnosed(error)
                } catch is CancellationError {
                    return Diagnosed(DrillError.interrupted(during: flow.log.current))
                } catch let error as any DiagnosableError {
                    return Diagnosed(
                        DrillError.unreadable(
                            what: "the data", place: error.diagnostic.place, why: error.diagnostic.why))
                } catch {
                    return Diagnosed(DrillError.unreadable(what: "the data", place: "redis", why: "\(error)"))
                }
            }
            group.addTask {
                do { try await Task.sleep(for: settings.timeout) } catch {
                    return Diagnosed(DrillError.interrupted(during: flow.log.current))
                }
                return Diagnosed(DrillError.deadline(limit: settings.timeout, during: flow.log.current))
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            await group.waitForAll()
            return first
        }
    }

    /// Why a drill ended early, with the verdict that gives.
    struct Diagnosed: Sendable {
        let error: DrillError
        init(_ error: DrillError) { self.error = error }
    }
}

/// What a failover drill found.
package struct RedisFailoverReport: Encodable, Sendable {
    package let schema = 1
    package let drill = "redis-failover"
    package let id: String
    package let environment: String
    package let verdict: Verdict
    package let why: Diagnostic?
    package let startedAt: Date
    package let finishedAt: Date
    package let elapsedMilliseconds: Int64
    package let oldMaster: String?
    package let newMaster: String?
    package let acknowledged: Int
    /// Acknowledged writes that the new master does not hold; nil when they were not counted.
    package let lost: Int?
    /// Longest time without an acknowledged write, from the last one before the failover on.
    package let outageMilliseconds: Int64?
    /// From the command until all sentinels named the new master.
    package let agreementMilliseconds: Int64?
    /// From the command until the old master was a replica in step.
    package let rejoinMilliseconds: Int64?
    package let checks: [DrillCheck]
    package let steps: [DrillStep]
    package let leftBehind: [String]
    package let isPastDeadline: Bool

    private enum CodingKeys: String, CodingKey {
        case schema, drill, id, environment, verdict, why, acknowledged, lost, checks, steps
        case startedAt = "started_at"
        case finishedAt = "finished_at"
        case elapsedMilliseconds = "elapsed_ms"
        case oldMaster = "old_master"
        case newMaster = "new_master"
        case outageMilliseconds = "outage_ms"
        case agreementMilliseconds = "agreement_ms"
        case rejoinMilliseconds = "rejoin_ms"
        case leftBehind = "left_behind"
        case isPastDeadline = "is_past_deadline"
    }

    init(
        _ settings: RedisFailoverSettings, id: String, startedAt: Date, elapsed: Duration,
        findings: RedisFailoverFindings, steps: [DrillStep], failure: RedisFailoverDrill.Diagnosed?,
        leftBehind: [String]
    ) {
        let checks = RedisFailoverJudge(outage: settings.outage, lost: settings.lost).judge(findings)
        (self.id, environment, self.startedAt, finishedAt) = (id, settings.environment, startedAt, Date())
        elapsedMilliseconds = elapsed.milliseconds
        (oldMaster, newMaster, acknowledged) = (findings.oldMaster, findings.newMaster, findings.acknowledged.count)
        (lost, outageMilliseconds) = (findings.lost, findings.outage?.milliseconds)
        (agreementMilliseconds, rejoinMilliseconds) = (findings.agreement?.milliseconds, findings.rejoin?.milliseconds)
        (self.checks, self.steps, self.leftBehind) = (checks, steps, leftBehind)
        let failed = checks.first { $0.verdict == .fail }
        verdict = failed != nil ? .fail : failure?.error.verdict ?? .pass
        why =
            failure?.error.diagnostic
            ?? failed.map {
                Diagnostic(
                    "drill.\($0.check)", what: "the failover does not keep \($0.check)", place: settings.master,
                    why: "\($0.observed), expected \($0.expected)",
                    fix: Self.fix($0.check))
            }
        if case .deadline = failure?.error { isPastDeadline = true } else { isPastDeadline = false }
    }

    private static func fix(_ check: String) -> String {
        switch check {
        case "lost_writes":
            "the old master went on taking writes: CONFIG SET min-replicas-to-write 1 and min-replicas-max-lag 2, and have clients follow +switch-master; or accept a number: drills.redis_failover.lost"
        case "write_outage": "lower down-after-milliseconds and failover-timeout of the sentinels, then repeat"
        default: "opsctl probe run, on a `sentinel` target, shows what each of them sees"
        }
    }
}
