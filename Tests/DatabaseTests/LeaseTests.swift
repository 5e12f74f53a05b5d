import Database
import Foundation
import Ledger
import OpsModel
import TestSupport
import Testing

/// Entries, leases and timers on both stores, by two openings of the same ledger.
@Suite struct LeaseTests {
    private func withLedgers(_ engine: Engine, _ body: (Ledger, Ledger) async throws -> Void) async throws {
        try await engine.withURL { url in
            func open() async throws -> Ledger {
                engine == .sqlite
                    ? try await Ledger.open(path: try Database.sqlitePath(of: url.reveal()))
                    : try await Ledger.open(postgres: url)
            }
            try await body(try await open(), try await open())
        }
    }

    private func holder(_ pid: Int32) -> LeaseHolder {
        LeaseHolder(host: "h", bootID: "b", pid: pid, startTicks: 1, since: "now", epoch: 0)
    }

    private var short: LeaseTerms {
        var terms = LeaseTerms()
        (terms.duration, terms.patience, terms.renewal) = (.milliseconds(300), .milliseconds(150), .milliseconds(50))
        return terms
    }

    @Test(arguments: Engine.available) func entriesOfTwoWritersMakeOneChain(_ engine: Engine) async throws {
        try await withLedgers(engine) { first, second in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for ledger in [first, second] {
                    group.addTask {
                        for number in 0..<20 {
                            try await ledger.append(
                                subject: "deploy:a", kind: .done, step: "s", payload: ["n": number])
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await first.verify() == 40)
        }
    }

    @Test(arguments: Engine.available) func aLeaseRunsOutAndItsHolderHasStoppedBefore(_ engine: Engine) async throws {
        try await withLedgers(engine) { first, second in
            let lease = try await first.acquireLease("deploy/x", as: holder(1), terms: short) { _ in true }
            #expect(lease.isFresh)
            await #expect(throws: LedgerError.self) {
                _ = try await second.acquireLease("deploy/x", as: holder(2), terms: short) { _ in true }
            }
            try await eventually("the holder stops") { !lease.isFresh }
            // Nobody else could have had it by then.
            await #expect(throws: LedgerError.self) {
                _ = try await second.acquireLease("deploy/x", as: holder(2), terms: short) { _ in true }
            }
            try await eventually("the store lets somebody else in") {
                do {
                    _ = try await second.acquireLease("deploy/x", as: holder(2), terms: short) { _ in true }
                    return true
                } catch LedgerError.leaseHeld {
                    return false
                }
            }
            await #expect(throws: LedgerError.leaseLost(name: "deploy/x", epoch: 1)) { try await first.confirm(lease) }
        }
    }

    @Test(arguments: Engine.available) func aLeaseIsKeptForAsLongAsTheWorkTakes(_ engine: Engine) async throws {
        try await withLedgers(engine) { first, second in
            try await first.holding(
                ["deploy/x"], as: holder(1), terms: short, isAlive: { _ in true }, unreturned: { _ in }
            ) { leases in
                // Three times its length.
                try await Task.sleep(for: .milliseconds(900))
                #expect(leases[0].isFresh)
                #expect(try await second.leaseHolder("deploy/x")?.pid == 1)
            }
            #expect(try await second.leaseHolder("deploy/x") == nil)
        }
    }

    @Test(arguments: Engine.available) func aLeaseThatIsTakenByForceFencesItsHolder(_ engine: Engine) async throws {
        try await withLedgers(engine) { first, second in
            let lease = try await first.acquireLease("deploy/x", as: holder(1)) { _ in true }
            let taken = try await second.acquireLease("deploy/x", as: holder(2), isForced: true) { _ in true }
            #expect(taken.epoch == 2)
            await #expect(throws: LedgerError.self) { try await first.confirm(lease) }
            try await second.breakLease("deploy/x")
            await #expect(throws: LedgerError.self) { try await second.confirm(taken) }
            #expect(try await first.leaseHolder("deploy/x") == nil)
        }
    }

    /// A file's clock begins anew with the machine: what was written before its start is over.
    @Test func leasesAndTimersOfAFileDoNotOutliveTheStartOfItsMachine() async throws {
        try await Engine.sqlite.withURL { url in
            let ledger = try await Ledger.open(path: try Database.sqlitePath(of: url.reveal()))
            _ = try await ledger.acquireLease("deploy/x", as: holder(1)) { _ in true }
            try await ledger.setTimer("watchdog/a", for: .seconds(3600))
            let database = try await Database.open(url)
            for table in ["lease", "timer"] {
                try await database.execute("UPDATE \(raw: table) SET clock = 'an earlier start'")
            }
            #expect(try await ledger.leaseHolder("deploy/x") == nil)
            #expect(try await ledger.timer("watchdog/a") == .zero)
            #expect(try await ledger.acquireLease("deploy/x", as: holder(1)) { _ in true }.epoch == 2)
        }
    }

    @Test(arguments: Engine.available) func aTimerRunsOutUnlessItIsSetAgain(_ engine: Engine) async throws {
        try await withLedgers(engine) { first, second in
            #expect(try await second.timer("watchdog/a") == nil)
            try await first.setTimer("watchdog/a", for: .seconds(60))
            #expect(try #require(try await second.timer("watchdog/a")) > .seconds(50))
            try await first.setTimer("watchdog/a", for: .zero)
            #expect(try #require(try await second.timer("watchdog/a")) <= .zero)
            try await first.removeTimer("watchdog/a")
            #expect(try await second.timer("watchdog/a") == nil)
        }
    }
}
