import ArgumentParser
import Foundation
import Ledger
import OpsModel
import StackRendering

struct StackBootstrap: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bootstrap", abstract: "Make the bucket that all Terraform states of the account are kept in.",
        discussion: """
            Applies the layer bootstrap with its state on disk, then moves that state into the bucket. Does nothing when the
            bucket is there. Run it once for an account, with credentials that may make buckets and keys.

            Examples:
              opsctl stack bootstrap --env production --dry-run
              opsctl stack bootstrap --env production --yes

            Exit codes: 0 there, 2 could not look or make it, 3 refused: no --yes, 78 invalid configuration.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: FormatOption
    @Flag(name: .long, help: "Say what would be made, and change nothing.") var dryRun = false
    @Flag(name: .long, help: "Make it.") var yes = false

    func run() async throws {
        let composition = try global.composition()
        let settings = try StackSettings(composition.project)
        if dryRun {
            return show(
                "would make bucket \(settings.stateBucket) in \(settings.region) of account \(settings.accountID), unless it is there"
            )
        }
        guard yes else {
            throw RefusedError(
                Diagnostic(
                    "stack.needs_yes", what: "the bucket is not made", place: settings.stateBucket,
                    why: "nobody has said yes", fix: "opsctl stack bootstrap --env \(settings.environment) --yes"))
        }
        let outcome = try await interruptible { try await composition.bootstrap() }
        let report = ["bucket": settings.stateBucket, "outcome": outcome.rawValue]
        switch output.format {
        case .json: show(String(decoding: try canonicalJSON(report), as: UTF8.self))
        case .text: show("\(outcome == .made ? "made" : "was there"): \(settings.stateBucket)")
        }
        Story.standard.tell("next: opsctl stack plan --env \(settings.environment)")
    }
}

extension Composition {
    fileprivate func bootstrap() async throws -> StateBootstrap.Outcome {
        let session = try await stackSession()
        let ledger = try await ledger()
        let record = BootstrapRecord(ledger: ledger, settings: session.settings)
        return try await ledger.holding(["stack/\(session.settings.environment)"]) { _ in
            try await record.around {
                let bootstrap = StateBootstrap(
                    workspace: session.workspace, runs: session.runs, tell: Story.standard.tell)
                return try await bootstrap.run(logs: "\(session.workspace.root)/bootstrap")
            }
        }
    }
}

/// What the ledger keeps of a bootstrap: an intent before, what came of it after.
struct BootstrapRecord: Sendable {
    let ledger: Ledger
    let settings: StackSettings

    func around(_ body: () async throws -> StateBootstrap.Outcome) async throws -> StateBootstrap.Outcome {
        try await record(.intent, [:])
        let result: Result<StateBootstrap.Outcome, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        switch result {
        case .success(let outcome): try await record(.done, ["outcome": outcome.rawValue])
        case .failure(let error):
            let why = (error as? any DiagnosableError)?.diagnostic.why ?? "\(error)"
            try await record(.done, ["outcome": "failed", "why": why])
        }
        return try result.get()
    }

    /// In a task of its own: what an interrupted run has done is recorded too.
    private func record(_ kind: LedgerEntry.Kind, _ more: [String: String]) async throws {
        let payload = more.merging(["bucket": settings.stateBucket]) { $1 }
        let subject = "stack:\(settings.environment)"
        try await Task { [ledger] in
            _ = try await ledger.append(subject: subject, kind: kind, step: "bootstrap", payload: payload)
        }.value
    }
}
