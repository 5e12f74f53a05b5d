import Ledger
import OpsModel
import StackRendering
import TestSupport
import Testing

@testable import opsctl

struct BootstrapRecordTests {
    /// The entries that a bootstrap leaves, and those that were there while it ran.
    private func entries(
        _ body: @escaping @Sendable () throws -> StateBootstrap.Outcome
    ) async throws -> (during: [LedgerEntry], after: [LedgerEntry]) {
        try await withScratchDirectory { folder in
            let ledger = try await Ledger.open(path: "\(folder)/ledger.sqlite")
            var during: [LedgerEntry] = []
            do {
                _ = try await BootstrapRecord(ledger: ledger, settings: sampleSettings()).around {
                    during = try await ledger.entries(subject: "stack:prod")
                    return try body()
                }
            } catch is StackError {}  // it is what was thrown in
            return (during, try await ledger.entries(subject: "stack:prod"))
        }
    }

    @Test func theIntentIsThereBeforeAnythingIsDone() async throws {
        let (during, after) = try await entries { .made }
        #expect(during.map(\.kind) == [.intent])
        #expect(after.map(\.kind) == [.intent, .done] && after.allSatisfy { $0.step == "bootstrap" })
        #expect(after.last?.payload == #"{"bucket":"acme-tfstate","outcome":"made"}"#)
    }

    @Test func whatWentWrongIsRecordedWithItsReason() async throws {
        let (_, after) = try await entries { throw StackError.folder(path: "/x", reason: "the disk is full") }
        #expect(after.last?.payload == #"{"bucket":"acme-tfstate","outcome":"failed","why":"the disk is full"}"#)
    }
}
