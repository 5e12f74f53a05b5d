import Foundation
import OpsModel
import ProcessClient
import TestSupport
import Testing

@testable import opsctl

@Suite struct MaintenanceTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func refusal(
        _ protection: String, agreed: Bool, window: (from: Double, until: Double)? = nil
    ) -> String? {
        let windows = window.map { [MaintenanceWindow(from: now + $0.from, until: now + $0.until, why: "w")] } ?? []
        let rule = DisturbanceRule(protection: protection, windows: windows)
        do {
            try rule.check(environment: "e", isAgreed: agreed, what: "it hurts", command: "opsctl x", now: now)
            return nil
        } catch { return (error as? DisturbanceError)?.diagnostic.id }
    }

    @Test func onlyAnEphemeralEnvironmentIsDisturbedWithoutAWord() {
        #expect(refusal("ephemeral", agreed: false) == nil)
        #expect(refusal("standard", agreed: false) == "drill.needs_yes")
        #expect(refusal("standard", agreed: true) == nil)
    }

    @Test func aCriticalEnvironmentNeedsAnOpenWindowToo() {
        #expect(refusal("critical", agreed: false, window: (-1, 1)) == "drill.needs_yes")
        #expect(refusal("critical", agreed: true) == "drill.outside_window")
        #expect(refusal("critical", agreed: true, window: (-1, 1)) == nil)
        #expect(refusal("critical", agreed: true, window: (1, 2)) == "drill.outside_window")
        #expect(refusal("critical", agreed: true, window: (-2, 0)) == "drill.outside_window")
    }

    private let drill = """
        drills:
          redis_failover: {sentinels: ["rediss://:x@127.0.0.1:1"], master: main, data_url: "rediss://u:p@127.0.0.1:1"}
        """

    @Test func productionIsRefusedWithExit3AndNothingIsTouched() async throws {
        try await Program.withProject("version: 1\nprotection: critical\n\(drill)\n") { folder async throws in
            let refused = try await Program.opsctl("drill", "redis-failover", in: folder)
            #expect(refused.status == 3)
            #expect(refused.errors.contains("--yes"))
            let closed = try await Program.opsctl("drill", "redis-failover", "--yes", in: folder)
            #expect(closed.status == 3)
            #expect(closed.errors.contains("no maintenance window is open"))
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/.opsctl/ledger.sqlite"))
            let plan = try await Program.opsctl("drill", "redis-failover", "--dry-run", in: folder)
            #expect(plan.status == 0 && plan.output.contains("SENTINEL FAILOVER main"))
        }
    }

    @Test(arguments: [
        ("[{from: tomorrow, until: 2026-12-01T04:00:00Z, why: w}]", "is not an RFC 3339 time"),
        ("[{from: 2026-12-01T04:00:00Z, until: 2026-12-01T02:00:00Z, why: w}]", "not after `from`"),
        ("[{from: 2026-12-01T04:00:00Z, until: 2026-12-01T05:00:00Z}]", "`why` is missing"),
    ])
    func aWindowThatCannotBeReadIsRefused(_ windows: String, _ words: String) async throws {
        let file = "version: 1\nprotection: critical\nmaintenance: \(windows)\n\(drill)\n"
        try await Program.withProject(file) { folder async throws in
            let run = try await Program.opsctl("drill", "redis-failover", "--yes", in: folder)
            #expect(run.status == 78)
            #expect(run.errors.contains(words), "\(run.errors)")
        }
    }

    @Test func sentinelsThatCannotBeReachedMakeTheDrillInconclusiveAndItIsRecorded() async throws {
        try await Program.withProject("version: 1\nprotection: ephemeral\n\(drill)\n") { folder async throws in
            let run = try await Program.opsctl("drill", "redis-failover", "--format", "json", in: folder)
            #expect(run.status == 2)
            #expect(run.output.contains("\"verdict\":\"inconclusive\""))
            #expect(FileManager.default.fileExists(atPath: "\(folder)/.opsctl/ledger.sqlite"))
        }
    }
}
