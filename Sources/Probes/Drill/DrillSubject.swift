package import Foundation
package import OpsModel

/// A drill that must have passed not too long ago: a backup that nobody restored is a hope.
package struct DrillSubject: ProbeSubject {
    package static let kind = "drill"
    package static let checks: [CheckDefinition] = [
        CheckDefinition(
            "recorded", "Has the drill ever passed here?",
            why: "a restore or a failover that was never tried fails on the day it is needed", in: .review,
            privilege: "to read the ledger file"),
        CheckDefinition(
            "age", "Did it pass lately?", why: "what worked a year ago was another database, and another team",
            in: .review, privilege: "to read the ledger file", limits: .atMost(warn: 31, fail: 92, "d")),
    ]

    package struct Expectation: Codable, Sendable {
        /// `pitr` or `redis-failover`.
        package var drill: String
        package var environment: String
    }

    package struct Snapshot: Codable, Sendable {
        package struct Record: Codable, Sendable, Equatable {
            /// nil when none has passed.
            package var passedAt: Date?
            package var readAt: Date
        }
        package var record: Observation<Record>
    }

    package let expectation: Expectation
    private let lastGood: @Sendable () async throws -> Date?

    /// - Parameter lastGood: when the drill passed last, from the ledger; nil when it never did.
    package init(drill: String, environment: String, lastGood: @escaping @Sendable () async throws -> Date?) {
        expectation = Expectation(drill: drill, environment: environment)
        self.lastGood = lastGood
    }

    package var endpoint: String { "the ledger" }
    package var hosts: [String] { [] }

    package func look(_ visit: Visit) async -> Snapshot {
        Snapshot(record: await Observation.look { .init(passedAt: try await lastGood(), readAt: Date()) })
    }

    package static func judge(_ snapshot: Snapshot, _ expectation: Expectation, _ sheet: inout CheckSheet) {
        let command = "opsctl drill \(expectation.drill) --env \(expectation.environment)"
        let expected = "a drill that passed"
        guard let record = snapshot.record.facts else {
            let failure =
                snapshot.record.failure
                ?? LookFailure(reason: .internalError, phase: "look", message: "not looked at")
            // A ledger that cannot be read says nothing about the drill.
            sheet.record(
                "recorded", .unknown, observed: failure.message, expected: expected, reason: failure.reason,
                phase: failure.phase, fix: "see why the ledger cannot be read: opsctl doctor")
            return sheet.blockRest(by: "recorded")
        }
        guard let passedAt = record.passedAt else {
            sheet.record(
                "recorded", .fail, observed: "none has passed in \(expectation.environment)", expected: expected,
                reason: .policy, phase: "look", fix: command)
            return sheet.blockRest(by: "recorded")
        }
        sheet.record("recorded", .pass, observed: rfc3339(passedAt), expected: expected, phase: "look")
        let days = record.readAt.timeIntervalSince(passedAt) / 86_400
        sheet.measure("age", days, phase: "look", fix: command)
    }

    package static var selfTest: SelfTest<DrillSubject> {
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        return SelfTest(
            expectation: Expectation(drill: "pitr", environment: "production"),
            healthy: Snapshot(record: .seen(.init(passedAt: now - 86_400, readAt: now))),
            flaws: [
                .init("recorded", "no drill has passed") { snapshot, _ in
                    snapshot.record = .seen(.init(passedAt: nil, readAt: now))
                },
                .init("recorded", "the ledger cannot be read", gives: .unknown) { snapshot, _ in
                    snapshot.record = .failed(LookFailure(reason: .internalError, phase: "look", message: "locked"))
                },
                .init("age", "the last one is 40 days old", gives: .warn) { snapshot, _ in
                    snapshot.record = .seen(.init(passedAt: now - 40 * 86_400, readAt: now))
                },
                .init("age", "the last one is 100 days old") { snapshot, _ in
                    snapshot.record = .seen(.init(passedAt: now - 100 * 86_400, readAt: now))
                },
            ])
    }
}
