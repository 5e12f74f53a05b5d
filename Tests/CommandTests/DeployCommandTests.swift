import Deploy
import Foundation
import Glibc
import Ledger
import OpsModel
import ProcessClient
import TestSupport
import Testing

/// What people do with deploys that run, wait or are left behind; by the built `opsctl`.
@Suite(.enabled(if: Requirement.haproxy.isMet, "HAProxy is not installed")) struct DeployCommandTests {
    private static let longBake = "bake: {duration: 60s, interval: 50ms, minimum_requests: 0}"

    @Test func aSecondDeployIsRefusedAndAnAbortSendsTheFirstOneBack() async throws {
        try await DeployLane.run(deploy: Self.longBake) { lane in
            #expect(try await lane.deploy("run", "--release", "first", "--dry-run").status == 0)
            try await lane.promoteFirst()
            let first = try await lane.deploying("run", "--release", "two") { _ in
                try await lane.untilStep("bake")
                let second = try await lane.deploy("run", "--release", "three")
                #expect(second.status == 3)
                let id = try await lane.history().open.last?.id ?? "none"
                for part in [
                    "another deploy of test runs", "pid ", ", for ", "deploy \(id)", "step bake", "deploy abort",
                ] {
                    #expect(second.errors.contains(part), "\(part) is missing: \(second.errors)")
                }
                let abort = try await lane.deploy("abort", "--why", "wrong release")
                #expect(abort.status == 0, "\(abort.errors)")
                #expect(abort.output.contains("rolled_back"))
            }
            #expect(first.status == "status 1", "\(first.words)")
            #expect(first.words.contains("wrong release"))
            try await lane.checkInvariants("abort")
        }
    }

    @Test func aQueuedDeployWaitsForTheOneThatRuns() async throws {
        try await DeployLane.run(deploy: "bake: {duration: 1s, interval: 50ms, minimum_requests: 0}") { lane in
            try await lane.promoteFirst()
            let first = try await lane.deploying("run", "--release", "two") { _ in
                let second = try await lane.deploy("run", "--release", "three", "--queue")
                #expect(second.status == 0, "\(second.errors)")
                #expect(second.errors.contains("waiting for the deploy of pid"))
            }
            #expect(first.status == "status 0")
            #expect(try await lane.history().deploys.suffix(2).map(\.outcome) == [.promoted, .promoted])
        }
    }

    @Test func anAbortBeforeAnyTrafficIsHeardBeforeTheNextStep() async throws {
        try await DeployLane.run(deploy: "warm_up: {paths: [/smoke], rounds: 1000}") { lane in
            try await lane.promoteFirst()
            let run = try await lane.deploying("run", "--release", "two") { _ in
                try await lane.untilStep("warm")
                #expect(try await lane.deploy("abort", "--why", "never mind").status == 0)
            }
            #expect(run.status == "status 1", "\(run.words)")
            #expect(run.words.contains("rejected") && run.words.contains("never mind"))
            let steps = try await lane.ledger().entries(subjectPrefix: "deploy:").map(\.step)
            #expect(steps.filter { $0 == "shift_1" }.count == 2, "only the first release was shifted")
        }
    }

    @Test func anAbortWithNothingOpenDoesNothing() async throws {
        try await DeployLane.run { lane in
            try await lane.promoteFirst()
            let before = try await lane.ledger().verify()
            let abort = try await lane.deploy("abort", "--format", "json")
            #expect(abort.status == 0)
            #expect(abort.output.contains("\"outcome\":\"nothing_open\""))
            #expect(try await lane.ledger().verify() == before)
            try await lane.checkInvariants("abort")
        }
    }

    private static let gated = """
        canary: [{percent: 20, duration: 200ms, approval: true}]
        approval: {cutover: true, expires: 60s}
        bake: {duration: 200ms, interval: 50ms, minimum_requests: 0}
        """

    @Test func whatNeedsApprovalWaitsForItAndRecordsWhoGaveItAndWhy() async throws {
        try await DeployLane.run(deploy: Self.gated) { lane in
            try await lane.promoteFirst()
            let run = try await lane.deploying("run", "--release", "two") { _ in
                try await lane.untilStep("gate_1")
                #expect(try await lane.router.route().share == 0)
                #expect(try await lane.deploy("approve", "gate_2", "--why", "too early").status == 3)
                #expect(try await lane.deploy("approve", "gate_1", "--why", "smoke is fine").status == 0)
                try await lane.untilStep("gate_2")
                #expect(try await lane.router.route().share == 2000)
                #expect(try await lane.deploy("approve", "gate_2", "--why", "twenty are fine").status == 0)
            }
            #expect(run.status == "status 0", "\(run.words)")
            let id = try #require(try await lane.history().deploys.last?.id)
            let told = try await lane.deploy("explain", id)
            #expect(told.status == 0)
            for part in ["smoke is fine", "twenty are fine", "the candidate's share becomes 20 %", "promoted"] {
                #expect(told.output.contains(part), "\(part) is missing: \(told.output)")
            }
        }
    }

    @Test func aRejectionTakesTheTrafficBackAndSoDoesSilence() async throws {
        try await DeployLane.run(deploy: Self.gated.replacing("60s", with: "1s")) { lane in
            try await lane.promoteFirst()
            let silence = try await lane.deploying("run", "--release", "two") { _ in try await lane.untilStep("gate_1")
            }
            #expect(silence.status == "status 1", "\(silence.words)")
            #expect(silence.words.contains("nobody approved it within"))
            let rejected = try await lane.deploying("run", "--release", "three") { _ in
                try await lane.untilStep("gate_1")
                #expect(try await lane.deploy("reject", "gate_1", "--why", "not tonight").status == 0)
            }
            #expect(rejected.status == "status 1", "\(rejected.words)")
            #expect(rejected.words.contains("not tonight"))
            try await lane.checkInvariants("reject")
        }
    }

    @Test func aDeployThatWasInterruptedAndHeldIsResumed() async throws {
        try await DeployLane.run(deploy: "bake: {duration: 3s, interval: 50ms, minimum_requests: 0}") { lane in
            try await lane.promoteFirst()
            let held = try await lane.deploying("run", "--release", "two", "--on-interrupt", "hold") { shell in
                try await lane.untilStep("bake")
                let holder = try #require(try await lane.ledger().leaseHolder("deploy/test"))
                kill(holder.pid, SIGINT)
            }
            #expect(held.status == "status 130", "\(held.words)")
            #expect(held.words.contains("deploy resume"))
            let candidate = try #require(try await lane.history().open.last?.candidate)
            #expect(try await lane.router.route().live == candidate)
            let status = try await lane.deploy("status")
            #expect(status.status == 5)
            #expect(status.output.contains("the watchdog goes back in"))
            let resumed = try await lane.deploy("resume", "--format", "json")
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(resumed.output.contains("\"outcome\":\"promoted\""))
            try await lane.checkInvariants("resume")
        }
    }

    @Test func aBrokenLockFencesWhoeverHeldIt() async throws {
        try await DeployLane.run(deploy: Self.gated) { lane in
            try await lane.promoteFirst()
            let fenced = try await lane.deploying("run", "--release", "two", "--no-watchdog") { _ in
                try await lane.untilStep("gate_1")
                #expect(try await lane.deploy("unlock", "--reason", "runner is gone").status == 3)
                #expect(try await lane.deploy("unlock", "--force", "--reason", "runner is gone").status == 0)
                #expect(try await lane.deploy("approve", "gate_1", "--why", "go").status == 0)
            }
            #expect(fenced.status == "status 5", "\(fenced.words)")
            #expect(try await lane.router.route().share == 0)
            let entries = try await lane.ledger().entries(subject: "lease:deploy/test")
            #expect(entries.map(\.step) == ["unlocked"] && entries[0].payload.contains("runner is gone"))
            #expect(try await lane.deploy("rollback").status == 0)
            try await lane.checkInvariants("unlock")
        }
    }

    @Test func thePlanTellsTheRoutersCommandsAndWhatEachShareTakes() async throws {
        try await DeployLane.run(deploy: "canary: [{percent: 0.25, duration: 1s}]") { lane in
            try await lane.promoteFirst()
            let plan = try await lane.deploy("plan", "--release", "two")
            #expect(plan.status == 0, "\(plan.errors)")
            for part in [
                "prepare map", ".weight 25", "commit map", "299 requests", "0.25 % to blue", "a watchdog",
                "way back: prove",
            ] {
                #expect(plan.output.contains(part), "\(part) is missing: \(plan.output)")
            }
        }
    }

    @Test func aContractedSchemaLeavesNoWayBackToEarlierReleases() async throws {
        try await DeployLane.run { lane in
            try await lane.promoteFirst()
            #expect(try await lane.deploy("run", "--release", "two").status == 0)
            #expect(try await lane.deploy("contract").status == 3)
            let done = try await lane.deploy("contract", "--yes")
            #expect(done.status == 0, "\(done.errors)")
            #expect(done.output.contains("contracted for release two: contracted"))
            let back = try await lane.deploy("rollback")
            #expect(back.status == 3)
            #expect(back.errors.contains("the schema was contracted for release two"))
            #expect(try await lane.deploy("run", "--release", "three").status == 0)
            #expect(try await lane.deploy("rollback").status == 0)
        }
    }

    @Test func nothingIsDeployedInAFreeze() async throws {
        let freeze = "freeze: [{from: 2026-01-01T00:00:00Z, until: 2099-01-01T00:00:00Z, why: the big sale}]"
        try await DeployLane.run(deploy: freeze) { lane in
            let run = try await lane.deploy("run", "--release", "one")
            #expect(run.status == 1)
            #expect(run.output.contains("the big sale"))
            #expect(try await lane.runner.state(of: .green).isRunning == false)
        }
    }

    @Test func watchingTellsEachChangeUntilNothingIsOpen() async throws {
        try await DeployLane.run(deploy: "bake: {duration: 2s, interval: 50ms, minimum_requests: 0}") { lane in
            try await lane.promoteFirst()
            let run = try await lane.deploying("run", "--release", "two") { _ in
                let watch = try await lane.deploy("status", "--watch")
                #expect(watch.status == 0, "\(watch.errors)")
                #expect(watch.errors.contains("release two"))
                #expect(watch.output.contains("consistent"))
            }
            #expect(run.status == "status 0")
        }
    }
}

extension DeployLane {
    /// A first release that has the traffic; the first one is watched no longer than it takes.
    fileprivate func promoteFirst() async throws {
        let environment = "\(folder)/environments/test.yaml"
        let wanted = try String(contentsOfFile: environment, encoding: .utf8)
        let lines = wanted.split(separator: "\n", omittingEmptySubsequences: false)
        let quick = lines.map { line -> String in
            if line.hasPrefix("  bake:") { return "  bake: {duration: 100ms, interval: 50ms, minimum_requests: 0}" }
            return line.hasPrefix("  approval:") ? "" : String(line)
        }
        let hasBake = lines.contains { $0.hasPrefix("  bake:") }
        let text = quick.joined(separator: "\n").replacing(
            "  stop_grace: 2s",
            with: "  stop_grace: 2s" + (hasBake ? "" : "\n  bake: {duration: 100ms, minimum_requests: 0}"))
        try text.write(toFile: environment, atomically: true, encoding: .utf8)
        let first = try await deploy("run", "--release", "first")
        #expect(first.status == 0, "\(first.errors) \(first.output)")
        try wanted.write(toFile: environment, atomically: true, encoding: .utf8)
    }
}
