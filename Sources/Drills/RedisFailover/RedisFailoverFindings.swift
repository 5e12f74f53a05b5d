import OpsModel

/// What a failover drill has seen so far.
struct RedisFailoverFindings: Sendable {
    var before: [SentinelGroup.View] = []
    var after: [SentinelGroup.View] = []
    var oldMaster: String?
    var newMaster: String?
    var acknowledged: [FailoverWriter.Acknowledged] = []
    /// Numbers that the new master holds.
    var surviving: Set<Int>?
    /// From the command until every sentinel named the new master.
    var agreement: Duration?
    /// From the command until the old master was a linked replica.
    var rejoin: Duration?
    /// When the drill ended; bounds an outage that it did not see the end of.
    var endedAt: ContinuousClock.Instant?
    /// When the failover was asked for.
    var commanded: ContinuousClock.Instant?

    /// The longest time without an acknowledgement from the last write before the command on: what clients felt.
    var outage: Duration? {
        guard let commanded else { return nil }
        let start = acknowledged.lastIndex { $0.at <= commanded } ?? 0
        var times = acknowledged[min(start, acknowledged.count)...].map(\.at)
        if acknowledged.last.map({ $0.at <= commanded }) == true, let endedAt { times.append(endedAt) }
        return zip(times, times.dropFirst()).map { $0.duration(to: $1) }.max()
    }

    /// Acknowledged writes that the new master does not hold.
    var lost: Int? {
        surviving.map { surviving in acknowledged.count { !surviving.contains($0.number) } }
    }
}

/// Turns what was seen into checks: pure.
struct RedisFailoverJudge {
    let outage: Duration?
    let lost: Int

    func judge(_ findings: RedisFailoverFindings) -> [DrillCheck] {
        var checks = agreement("agreement_before", findings.before)
        if !findings.after.isEmpty {
            checks += agreement("agreement_after", findings.after)
            checks.append(
                check(
                    "master_changed", findings.newMaster != nil && findings.newMaster != findings.oldMaster,
                    findings.newMaster ?? "none", "another node than \(findings.oldMaster ?? "before")"))
        }
        if let outage, let seen = findings.outage {
            checks.append(check("write_outage", seen <= outage, seen.text, "at most \(outage.text)"))
        }
        if let seen = findings.lost {
            checks.append(check("lost_writes", seen <= lost, "\(seen)", "at most \(lost)"))
        }
        return checks
    }

    private func agreement(_ name: String, _ views: [SentinelGroup.View]) -> [DrillCheck] {
        guard !views.isEmpty else { return [] }
        let addresses = Set(views.map(\.address)).sorted()
        let refusals = views.compactMap(\.quorumRefusal)
        let observed =
            addresses.count == 1 && refusals.isEmpty
            ? "\(views.count) of \(views.count) name \(addresses[0])"
            : refusals.first ?? "they name \(addresses.joined(separator: " and "))"
        return [
            check(
                name, addresses.count == 1 && refusals.isEmpty, observed, "all sentinels name one master, with quorum")
        ]
    }

    private func check(_ name: String, _ holds: Bool, _ observed: String, _ expected: String) -> DrillCheck {
        DrillCheck(check: name, verdict: holds ? .pass : .fail, observed: observed, expected: expected)
    }
}
