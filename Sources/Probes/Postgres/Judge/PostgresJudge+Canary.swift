import OpsModel
import PostgresClient

extension PostgresJudge {
    func judgeCanary(_ session: PostgresSnapshot.Session, _ sheet: inout CheckSheet) {
        let expected = "a row written, read back and removed"
        switch snapshot.canary {
        case _ where session.isReplica: sheet.skip("write_canary", because: "a replica takes no writes")
        case .notLooked: sheet.skip("write_canary", because: "not asked for")
        case .seen(let canary):
            sheet.expect(
                "write_canary", canary.wasReadBack && canary.wasRemoved,
                observed: canary.wasReadBack
                    ? (canary.wasRemoved ? "\(canary.elapsedMilliseconds) ms" : "not removed") : "not read back",
                expected: expected, reason: .mismatch, phase: "query",
                fix: "do not use it: a committed row is not there: SHOW synchronous_commit")
        case .failed(let failure): sheet.record("write_canary", failure, expected: expected, fix: fix(failure, session))
        }
        judgeReplicaCanary(session, &sheet)
    }

    private func fix(_ failure: LookFailure, _ session: PostgresSnapshot.Session) -> String {
        switch failure.reason {
        case .authorization: "CREATE SCHEMA opsctl_probe AUTHORIZATION \(quotedIdentifier(session.user))"
        case .readOnly: "point the URL at the primary, or make it writable: SHOW default_transaction_read_only"
        case .limit: "free what the server has run out of, disk or memory: the message and its log say which"
        case .mismatch: "the disk or the data is damaged: take the server out of service, restore or fail over"
        case .timeout where !synchronousStandbys.isEmpty:
            "commits wait for SyncRep, a synchronous standby (\(synchronousStandbys)): see standbys"
        case .timeout: "see what holds the table: SELECT * FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        default: "see the server's log"
        }
    }

    private func judgeReplicaCanary(_ session: PostgresSnapshot.Session, _ sheet: inout CheckSheet) {
        let check = "canary_on_replica"
        guard let replica = expectation.replicaURL else { return sheet.skip(check, because: "no replica_url is set") }
        let expected = "the row on \(replica.endpoint)"
        switch snapshot.replicaCanary {
        case .notLooked where snapshot.canary.failure != nil: sheet.block([check], by: "write_canary")
        case .notLooked: sheet.skip(check, because: "no canary was written")
        case .failed(let failure):
            sheet.record(
                check, failure, expected: expected,
                fix: failure.connectionFix(to: replica.endpoint)
                    ?? "probe \(replica.endpoint) as a target of its own, with role: replica")
        case .seen(let canary):
            let fix = "probe \(replica.endpoint) as a target of its own: replication_lag says what holds it up"
            guard let milliseconds = canary.seenAfterMilliseconds else {
                return sheet.record(
                    check, .fail, observed: "not there after \(canary.waitedMilliseconds) ms", expected: expected,
                    reason: .timeout, phase: "query", fix: fix)
            }
            sheet.measure(
                check, Double(milliseconds) / 1000, observed: "\(milliseconds) ms after its commit", phase: "query",
                fix: fix)
        }
    }
}
