import OpsModel
import Synchronization

@testable import Probes

/// A target whose looks are written down beforehand: the last one repeats.
struct ScriptedSubject: ProbeSubject {
    enum Sight: String, Codable, Sendable {
        case good, slow, lagging, notReady, wrongPassword, timedOut
    }

    static let kind = "scripted"
    static let checks: [CheckDefinition] = [
        CheckDefinition("ready", "Is it ready?", why: "nothing else works"),
        CheckDefinition(
            "lag", "Is it close behind?", why: "reads are stale", limits: .atMost(warn: 5, fail: 10, "s")),
        CheckDefinition("canary", "Does it write?", why: "writes fail", in: .writing),
    ]

    struct Expectation: Codable, Sendable {}

    final class Script: Sendable {
        private let sights: Mutex<[Sight]>
        let looks = Mutex(0)

        init(_ sights: [Sight]) { self.sights = Mutex(sights) }

        func next() -> Sight {
            looks.withLock { $0 += 1 }
            return sights.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
        }
    }

    let script: Script
    var names: [String] = []

    init(_ script: Script, names: [String] = []) { (self.script, self.names) = (script, names) }

    var endpoint: String { "script" }
    var hosts: [String] { names }
    var expectation: Expectation { Expectation() }

    func look(_ visit: Visit) async -> Sight { script.next() }

    static func judge(_ snapshot: Sight, _ expectation: Expectation, _ sheet: inout CheckSheet) {
        switch snapshot {
        case .good, .slow, .lagging:
            sheet.record("ready", .pass, observed: "ready", expected: "ready")
            sheet.measure("lag", snapshot == .good ? 1 : snapshot == .slow ? 7 : 70, phase: "query", fix: "wait")
            sheet.record("canary", .pass, observed: "written", expected: "written")
        case .notReady:
            sheet.record(
                "ready", LookFailure(reason: .notReady, phase: "command", message: "LOADING"), expected: "ready",
                fix: "wait")
            sheet.blockRest(by: "ready")
        case .wrongPassword:
            sheet.record(
                "ready", LookFailure(reason: .authentication, phase: "authenticate", message: "wrong password"),
                expected: "ready", fix: "correct it")
            sheet.blockRest(by: "ready")
        case .timedOut:
            sheet.record(
                "ready", LookFailure(reason: .timeout, phase: "connect", message: "no answer"), expected: "ready",
                fix: "wait")
            sheet.blockRest(by: "ready")
        }
    }

    static var selfTest: SelfTest<ScriptedSubject> {
        SelfTest(
            expectation: Expectation(), healthy: .good,
            flaws: [
                .init("ready", "a server that loads") { snapshot, _ in snapshot = .notReady },
                .init("lag", "7 s behind", gives: .warn) { snapshot, _ in snapshot = .slow },
            ])
    }
}

extension ProbeTarget {
    /// A scripted target that may be looked at `attempts` times without a pause worth naming.
    static func scripted(
        _ name: String, _ sights: [ScriptedSubject.Sight], attempts: Int = 1,
        plan: CheckPlan = CheckPlan(profile: .deep),
        needs: [String] = [], names: [String] = []
    ) -> (target: ProbeTarget, script: ScriptedSubject.Script) {
        let script = ScriptedSubject.Script(sights)
        let target = ProbeTarget(
            name: name, subject: ScriptedSubject(script, names: names), timeout: .seconds(5), plan: plan,
            retry: RetryRule(attempts: attempts, pause: .milliseconds(1)), needs: needs)
        return (target, script)
    }
}
