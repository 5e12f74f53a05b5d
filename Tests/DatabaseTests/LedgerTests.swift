import Database
import Foundation
import Ledger
import OpsModel
import TestSupport
import Testing

@Suite struct LedgerTests {
    private func withLedger(_ body: (Ledger, String) async throws -> Void) async throws {
        try await withScratchDirectory { folder in
            let path = "\(folder)/ledger.sqlite"
            try await body(try await Ledger.open(path: path), path)
        }
    }

    private func fill(_ ledger: Ledger, _ count: Int) async throws {
        for number in 0..<count {
            try await ledger.append(subject: "deploy:a", kind: .intent, step: "step\(number)", payload: ["n": number])
        }
    }

    @Test func entriesComeBackInOrderAndTheChainHolds() async throws {
        try await withLedger { ledger, path in
            try await fill(ledger, 5)
            #expect(try await ledger.verify() == 5)
            let entries = try await ledger.entries(subject: "deploy:a")
            #expect(entries.map(\.sequence) == [1, 2, 3, 4, 5])
            #expect(entries[3].previousHash == entries[2].hash)
            #expect(try entries[4].decode([String: Int].self) == ["n": 4])
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
    }

    @Test(arguments: [
        "UPDATE ledger_entry SET payload = '{\"n\":9}' WHERE sequence = 3",
        "DELETE FROM ledger_entry WHERE sequence = 3",
        "UPDATE ledger_entry SET at = '2020-01-01T00:00:00.000Z' WHERE sequence = 3",
        "UPDATE ledger_entry SET hash = previous_hash WHERE sequence = 3",
    ])
    func anyChangeOfThePastIsFound(_ statement: String) async throws {
        try await withLedger { ledger, path in
            try await fill(ledger, 5)
            let other = try await Database.open(Secret("sqlite://\(path)"))
            try await other.execute("\(raw: statement)")
            let error = await #expect(throws: LedgerError.self) { _ = try await ledger.verify() }
            if case .tampered(_, let sequence, _) = error {
                #expect(sequence == 3 || sequence == 4)
            } else {
                Issue.record("not found")
            }
        }
    }

    private func holder(_ pid: Int32) -> LeaseHolder {
        LeaseHolder(host: "h", bootID: "b", pid: pid, startTicks: 1, since: "now", epoch: 0)
    }

    @Test func aLeaseIsHeldByOneAndTakenOverOnlyFromTheDead() async throws {
        try await withLedger { ledger, _ in
            let first = try await ledger.acquireLease("deploy/x", as: holder(1)) { _ in true }
            #expect(first.epoch == 1)
            let refusal = await #expect(throws: LedgerError.self) {
                _ = try await ledger.acquireLease("deploy/x", as: holder(2)) { _ in true }
            }
            if case .leaseHeld(_, let by) = refusal {
                #expect(by.pid == 1)
            } else {
                Issue.record("\(String(describing: refusal))")
            }
            let second = try await ledger.acquireLease("deploy/x", as: holder(2)) { _ in false }
            #expect(second.epoch == 2)
            await #expect(throws: LedgerError.leaseLost(name: "deploy/x", epoch: 1)) { try await ledger.confirm(first) }
            try await ledger.release(first)
            #expect(try await ledger.leaseHolder("deploy/x")?.pid == 2)
            try await ledger.release(second)
            #expect(try await ledger.leaseHolder("deploy/x") == nil)
        }
    }
}
