import Deploy
import Foundation
import Ledger
import OpsModel
import StackRendering

/// The effects of `stack apply`: leases, gate, apply, outputs.
struct StackApplying: Sendable {
    let composition: Composition
    let consent: ApplyGate.Consent
    let format: OutputFormat

    func apply(_ id: String, dryRun: Bool) async throws {
        let session = try await composition.stackSession()
        let manifest = try session.store.read(id)
        guard !dryRun else {
            try await gate(manifest, session, try await composition.ledger())
            let layers = manifest.applicable.map(\.layer.rawValue).joined(separator: ", ")
            return show(layers.isEmpty ? "nothing to apply" : "would apply \(layers)")
        }
        _ = try await carryOut(manifest, session)
    }

    /// Plans what can be planned exactly, applies it, and goes on until a plan leaves nothing to do.
    func applyAllWaves() async throws {
        let session = try await composition.stackSession()
        var layers = try session.layers(named: [])
        for round in 0...session.settings.graph.waves.count {
            let (manifest, judgement) = try await composition.planBundle(session, layers)
            guard manifest.failed.isEmpty else {
                judgement.tellFailures()
                throw ExitStatus.inconclusive
            }
            if manifest.applicable.isEmpty, manifest.previews.isEmpty, manifest.policy == .pass {
                return Story.standard.tell(
                    round == 0 ? "nothing to apply" : "everything is applied, and a plan is empty")
            }
            // Each applied layer was planned again and left nothing to do.
            layers = Set(try await carryOut(manifest, session).left)
            if layers.isEmpty { return Story.standard.tell("everything is applied, and a plan is empty") }
        }
        Story.standard.tell("the layers do not come to rest: opsctl stack plan --env \(session.settings.environment)")
        throw ExitStatus.negative
    }

    /// Under the leases of stack and deploys: neither begins while the other is under way, and nothing changes between the gate
    /// and the apply.
    private func carryOut(_ manifest: PlanManifest, _ session: StackSession) async throws -> ApplyReport {
        let ledger = try await composition.ledger()
        let environment = session.settings.environment
        return try await ledger.holding(["stack/\(environment)", "deploy/\(environment)"]) { leases in
            try await gate(manifest, session, ledger)
            let applier = StackApplier(
                settings: session.settings, store: session.store, runs: session.runs,
                journal: ApplyJournal(ledger: ledger, environment: environment), tell: Story.standard.tell)
            let report = try await applier.apply(
                manifest, by: operatorName(composition.project.variables), consent: consent.names
            ) { for lease in leases { try await ledger.confirm(lease) } }
            try print(report)
            let isKept = await keepOutputs(session)
            try leave(report, isKept: isKept)
            return report
        }
    }

    /// - Throws: the exit status of the worst refusal, after all of them were told.
    private func gate(_ manifest: PlanManifest, _ session: StackSession, _ ledger: Ledger) async throws {
        let refusals = ApplyGate(manifest, present: try await present(manifest, session, ledger), consent: consent)
            .refusals
        guard !refusals.isEmpty else { return }
        Story.standard.report(
            refusals.map {
                Diagnostic(
                    "stack.\($0.reason)", what: "the plan is not applied", place: manifest.id, why: $0.why, fix: $0.fix)
            })
        throw refusals.contains(where: \.isTampering) ? ExitStatus.tampered : .refused
    }

    private func present(
        _ manifest: PlanManifest, _ session: StackSession, _ ledger: Ledger
    ) async throws -> ApplyGate.Present {
        let project = composition.project
        let journal = ApplyJournal(ledger: ledger, environment: session.settings.environment)
        var present = ApplyGate.Present(
            now: Date(), settings: session.settings, endpoint: session.endpoint, digests: session.digests)
        present.protection = Protection(rawValue: project.protection) ?? .critical
        let rule = DisturbanceRule(protection: project.protection, windows: try MaintenanceWindow.all(of: project))
        present.hasOpenWindow = rule.hasOpenWindow(present.now)
        present.wasApplied = try await journal.wasApplied(manifest.id)
        if !present.wasApplied {
            present.tampered = try await tampering(manifest, session, journal)
            if present.tampered.isEmpty { present.swallowed = try session.store.swallowedDrift(manifest) }
        }
        present.openDeploys = try await DeployHistory.read(
            ledger, environment: session.settings.environment, verifying: false
        ).open.filter { !$0.isCommitted }.map(\.id)
        present.openApply = try await journal.openApply()
        return present
    }

    /// The ledger knows the manifest, and the manifest knows the files.
    private func tampering(
        _ manifest: PlanManifest, _ session: StackSession, _ journal: ApplyJournal
    ) async throws -> [(file: String, why: String)] {
        let found = try session.store.manifestDigest(manifest.id)
        guard let planned = try await journal.plannedDigest(manifest.id) else {
            return [("manifest.json", "the ledger knows of no such plan")]
        }
        guard planned == found, manifest.environment == session.settings.environment else {
            return [("manifest.json", "it is not the one that the ledger knows")]
        }
        return try session.store.tampered(manifest)
    }

    /// What was applied stays applied: outputs that cannot be read now are told, and fetched later.
    private func keepOutputs(_ session: StackSession) async -> Bool {
        do {
            let (outputs, targets) = try await session.keepOutputs()
            Story.standard.tell(
                "outputs of \(outputs.layers.count) layers and \(targets.targets.count) probe targets are kept")
            return true
        } catch {
            if let error = error as? any DiagnosableError { Story.standard.report([error.diagnostic]) }
            Story.standard.tell(
                "outputs were not kept; later: opsctl stack outputs --env \(session.settings.environment)")
            return false
        }
    }

    private func print(_ report: ApplyReport) throws {
        switch format {
        case .json: show(String(decoding: try canonicalJSON(report), as: UTF8.self))
        case .text: show(report.text(hasColor: resultHasColor))
        }
    }

    private func leave(_ report: ApplyReport, isKept: Bool) throws {
        switch report.verdict {
        case .pass:
            guard isKept else { throw ExitStatus.inconclusive }
            let next = report.left.isEmpty ? "probe run" : "stack plan"
            Story.standard.tell("next: opsctl \(next) --env \(report.environment)")
        case .fail: throw ExitStatus.negative
        case .inconclusive: throw ExitStatus.needsOperator
        }
    }
}

extension ApplyReport {
    func text(hasColor: Bool) -> String {
        var table = TextTable()
        for layer in layers {
            let color: Color = layer.outcome == .applied ? .green : layer.outcome == .notRun ? .yellow : .red
            let counts = "+\(layer.added) ~\(layer.changed) -\(layer.removed)"
            table.add([
                color.paint(layer.outcome.text, isOn: hasColor), layer.layer.rawValue, counts,
                Duration.milliseconds(layer.elapsedMilliseconds).text,
            ])
        }
        let details = layers.compactMap { layer in
            layer.why.map { "\(layer.layer.rawValue): \($0)" + layer.remaining.map { "\n  \($0)" }.joined() }
        }
        let rest = left.isEmpty ? [] : ["left to plan again: \(left.map(\.rawValue).joined(separator: ", "))"]
        return ([table.text] + details + rest).filter { !$0.isEmpty }.joined(separator: "\n")
    }
}
