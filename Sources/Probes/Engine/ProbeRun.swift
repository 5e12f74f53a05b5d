import Cryptography
import Foundation
import HTTPClient
package import OpsModel

/// Looks at all targets at once and judges what was seen; the report keeps the targets' order.
package struct ProbeRun: Sendable {
    private let environment: String
    private let targets: [ProbeTarget]
    private let variables: [CheckResult]
    private let http = HTTPClient(isPatient: true)

    /// `targets` must not be empty: a run without checks proves nothing.
    /// - Parameter variables: what was judged of the environment's variables, for the same report.
    package init(environment: String, targets: [ProbeTarget], variables: [CheckResult] = []) {
        precondition(!targets.isEmpty)
        (self.environment, self.targets, self.variables) = (environment, targets, variables)
    }

    /// One look at every target, and as many more at those whose failures may pass as their retry rules allow.
    package func once() async -> ProbeReport { await examine().report }

    /// As `once`, with what the last look at each target saw.
    /// - Parameter end: no look begins after it, and none lasts longer.
    package func examine(until end: ContinuousClock.Instant? = nil) async -> (report: ProbeReport, saved: SavedRun) {
        let start = ContinuousClock.now
        let first = await look(at: Set(targets.map(\.name)), standing: [:], until: end)
        var ledger = RetryLedger(first, targets: targets, elapsed: .now - start)
        while let round = ledger.nextRound(elapsed: .now - start) {
            if let end, .now + round.pause >= end { break }
            // A cancelled run keeps what it has.
            do { try await Task.sleep(for: round.pause) } catch { break }
            let standing = ledger.standingFailures(outside: round.targets)
            let again = await look(at: round.targets, standing: standing, until: end)
            ledger.take(again, elapsed: .now - start)
        }
        let saved = ledger.saved.lasting(.now - start)
        return (saved.judged(), saved)
    }

    /// Looks until `passes` reports in a row pass, a failure is permanent, or `deadline` is over; returns the last report,
    /// with the earlier troubles inside. `observe` sees every report. The pause grows from 10 ms to 500 ms.
    package func wait(
        deadline: Duration, passes: Int, clock: any Clock<Duration> = ContinuousClock(),
        observe: @Sendable (ProbeReport) -> Void
    ) async throws -> (report: ProbeReport, isOver: Bool) {
        let start = ContinuousClock.now
        let began = Date()
        var backoff = Backoff(from: .milliseconds(10), upTo: .milliseconds(500))
        var inARow = 0
        var past = WaitHistory()
        while true {
            let report = past.note(await examine(until: start + deadline).report)
            observe(report)
            inARow = report.verdict == .pass ? inARow + 1 : 0
            let pause = backoff.pause()
            let isOver = ContinuousClock.now - start + pause >= deadline
            if inARow >= passes || report.isHopeless || isOver {
                let isUnfinished = inARow < passes && !report.isHopeless
                return (past.conclude(report, began: began, elapsed: .now - start), isUnfinished)
            }
            try await clock.sleep(for: pause)
        }
    }

    /// Resolves the names first, then looks level by level: a target that needs another one waits for it.
    /// - Parameter standing: failures of targets that are not looked at now.
    private func look(
        at names: Set<String>, standing: [String: String], until end: ContinuousClock.Instant?
    ) async -> SavedRun {
        let takenAt = Date()
        let start = ContinuousClock.now
        let asked = targets.filter { names.contains($0.name) }
        let lookups = await resolveHosts(of: asked, until: end)
        var seen: [String: SavedTarget] = [:]
        var failed = standing
        var waiting = asked
        while !waiting.isEmpty {
            let isReady = { (target: ProbeTarget) in
                target.needs.allSatisfy { need in !waiting.contains { $0.name == need } }
            }
            // A circle of needs is refused before a run is made; should one slip through, all of it is looked at.
            let level = waiting.contains(where: isReady) ? waiting.filter(isReady) : waiting
            waiting.removeAll { target in level.contains { $0.name == target.name } }
            for saved in await look(at: level, lookups: lookups, failed: failed, until: end) {
                seen[saved.name] = saved
                guard waiting.contains(where: { $0.needs.contains(saved.name) }) else { continue }
                let checks = saved.judged(missingNames: NamesJudge.missing(in: lookups)).checks
                failed[saved.name] = checks.first { [.fail, .unknown, .blocked].contains($0.status) }?.check
            }
        }
        return SavedRun(
            environment: environment, takenAt: takenAt, elapsed: .now - start, attempts: 1, variables: variables,
            names: lookups, targets: asked.compactMap { seen[$0.name] })
    }

    private func look(
        at level: [ProbeTarget], lookups: [NameLookup], failed: [String: String], until end: ContinuousClock.Instant?
    ) async -> [SavedTarget] {
        await withTaskGroup(of: SavedTarget.self) { group in
            for target in level {
                let missing = target.subject.hosts.first { host in
                    lookups.contains { $0.host == host && $0.addresses.isEmpty }
                }
                let cause =
                    missing.map { "\(NamesJudge.target).\($0)" }
                    ?? target.needs.lazy.compactMap { failed[$0] }.first
                group.addTask { await visit(target, target.subject, lookups: lookups, blockedBy: cause, until: end) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    private func visit<Subject: ProbeSubject>(
        _ target: ProbeTarget, _ subject: Subject, lookups: [NameLookup], blockedBy: String?,
        until end: ContinuousClock.Instant?
    ) async -> SavedTarget {
        guard blockedBy == nil else {
            return SavedTarget(target, subject, snapshot: nil, blockedBy: blockedBy, elapsed: .zero)
        }
        let start = ContinuousClock.now
        let addresses = Dictionary(lookups.map { ($0.host, $0.addresses) }, uniquingKeysWith: { first, _ in first })
        let visit = Visit(
            plan: target.plan, checks: Subject.checks, time: TimeBudget(limit(of: target, until: end)),
            canaryID: hex(randomBytes(16)), http: http, addresses: addresses)
        let snapshot = await subject.look(visit)
        return SavedTarget(target, subject, snapshot: snapshot, blockedBy: nil, elapsed: .now - start)
    }

    /// A target's own limit, or what is left of the wait's.
    private func limit(of target: ProbeTarget, until end: ContinuousClock.Instant?) -> Duration {
        guard let end else { return target.timeout }
        return max(.milliseconds(1), min(target.timeout, end - .now))
    }

    private func resolveHosts(of targets: [ProbeTarget], until end: ContinuousClock.Instant?) async -> [NameLookup] {
        var limits: [(host: String, timeout: Duration)] = []
        for target in targets {
            for host in target.subject.hosts where !limits.contains(where: { $0.host == host }) {
                limits.append((host, limit(of: target, until: end)))
            }
        }
        return await withTaskGroup(of: (Int, NameLookup).self) { group in
            for (index, limit) in limits.enumerated() {
                group.addTask { (index, await NameLookup.look(limit.host, timeout: limit.timeout)) }
            }
            return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}
